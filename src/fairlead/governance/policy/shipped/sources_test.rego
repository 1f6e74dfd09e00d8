package fairlead.policies.sources_test

import data.fairlead.cases
import data.fairlead.policies.sources

test_what_was_read_or_signed_may_cause_something if {
	asked := cases.of("comment", cases.by_rule)
	count(sources.deny) == 0 with input as asked
	asked_2 := cases.of("comment", {"source": {"trust": "signed"}})
	count(sources.deny) == 0 with input as asked_2
}

test_what_is_unsigned_may_not if {
	asked := cases.of("comment", {"source": {"trust": "unsigned"}})
	count(sources.deny) == 1 with input as asked
}

test_one_unsigned_record_is_enough if {
	rests := object.union(cases.by_rule, {"source": {"unsigned": ["generic:deploy/7"]}})
	asked := cases.of("comment", rests)
	some denial in sources.deny with input as asked
	contains(denial.words, "generic:deploy/7")
}
