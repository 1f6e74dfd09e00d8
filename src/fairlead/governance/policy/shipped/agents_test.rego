package fairlead.policies.agents_test

import data.fairlead.cases
import data.fairlead.main
import data.fairlead.policies.agents

test_the_word_of_an_agent_does_not_count if {
	yes := object.union(cases.word("agent:mender", "manager"), {"kind": "agent"})
	asked := cases.of("page", {"approvals": [yes]})
	count(agents.note) == 1 with input as asked
	main.verdict.effect == "ask" with input as asked
	asked_2 := cases.of("page", {"approvals": [cases.word("person:noor", "manager")]})
	main.verdict.effect == "allow" with input as asked_2
}

test_an_agent_breaks_no_glass if {
	glass := {"emergency": {"by": "agent:mender", "kind": "agent", "role": "owner", "reason": "I am sure"}}
	asked := cases.of("merge", glass)
	count(agents.deny) == 1 with input as asked
}

test_what_an_agent_wrote_waits_for_a_review if {
	written := {"subject": {"author_kind": "agent"}}
	asked := cases.of("merge", written)
	count(agents.deny) == 0 with input as asked
	unseen := {"subject": {"author_kind": "agent", "review": {"approved_by": []}}}
	asked_2 := cases.of("merge", unseen)
	count(agents.deny) == 1 with input as asked_2
	asked_3 := cases.of("comment", unseen)
	count(agents.deny) == 0 with input as asked_3
}
