package fairlead.main_test

import data.fairlead.cases
import data.fairlead.main

test_what_somebody_allows_and_nobody_denies_is_allowed if {
	asked := cases.of("comment", {})
	main.verdict.effect == "allow" with input as asked
}

test_what_nobody_allows_is_denied if {
	asked := cases.of("conquer", {})
	main.verdict.effect == "deny" with input as asked
}

test_one_denial_wins if {
	asked := cases.of("comment", {"source": {"trust": "unsigned"}})
	main.verdict.effect == "deny" with input as asked
}

test_a_question_waits_for_an_answer if {
	asked := cases.of("comment", cases.by_rule)
	main.verdict.effect == "ask" with input as asked
	answered := cases.of("comment", object.union(cases.by_rule, {"approvals": [cases.word("person:noor", "member")]}))
	main.verdict.effect == "allow" with input as answered
}

test_a_word_on_other_bytes_is_none if {
	word := object.union(cases.word("person:noor", "owner"), {"digest": "0000"})
	asked := cases.of("comment", object.union(cases.by_rule, {"approvals": [word]}))
	main.verdict.effect == "ask" with input as asked
}

test_a_broken_glass_answers_every_question_and_tells_so if {
	asked := cases.of("page", object.union(cases.by_rule, cases.emergency("manager")))
	main.verdict.effect == "allow" with input as asked
	count(main.verdict.overcome) == 1 with input as asked
}

test_without_a_reason_no_glass_breaks if {
	silent := {"emergency": {"by": "person:noor", "kind": "person", "role": "owner", "reason": " "}}
	asked := cases.of("page", object.union(cases.by_rule, silent))
	main.verdict.effect == "ask" with input as asked
}
