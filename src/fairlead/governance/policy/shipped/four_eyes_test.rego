package fairlead.policies.four_eyes_test

import data.fairlead.cases
import data.fairlead.main
import data.fairlead.policies.four_eyes

test_its_author_lets_nothing_in if {
	asked := cases.of("merge", {"approvals": [cases.word("person:ada", "owner")]})
	main.verdict.effect == "ask" with input as asked
	asked_2 := cases.of("merge", {"approvals": [cases.word("person:noor", "member")]})
	main.verdict.effect == "allow" with input as asked_2
}

test_nor_who_proposed_it if {
	asked := cases.of("merge", {"approvals": [cases.word("person:kim", "owner")]})
	main.verdict.effect == "ask" with input as asked
}

test_a_comment_needs_two_eyes if {
	asked := cases.of("comment", {})
	count(four_eyes.ask) == 0 with input as asked
}
