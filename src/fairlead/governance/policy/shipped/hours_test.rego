package fairlead.policies.hours_test

import data.fairlead.cases
import data.fairlead.policies.hours

night := {"time": {"quiet": true, "loud_ns": 1795327200000000000}}

test_a_message_of_a_rule_waits_for_the_morning if {
	asked := cases.of("post_message", object.union(cases.by_rule, night))
	some one in hours.oblige with input as asked
	one.at_ns == 1795327200000000000
}

test_a_person_writes_when_they_like if {
	asked := cases.of("post_message", night)
	count(hours.oblige) == 0 with input as asked
}

test_by_day_nothing_waits if {
	asked := cases.of("post_message", cases.by_rule)
	count(hours.oblige) == 0 with input as asked
}

test_a_page_wakes_for_an_error_only if {
	warning := object.union(night, {"act": {"arguments": {"severity": "warning"}}})
	asked := cases.of("page", warning)
	count(hours.oblige) == 1 with input as asked
	error := object.union(night, {"act": {"arguments": {"severity": "error"}}})
	asked_2 := cases.of("page", error)
	count(hours.oblige) == 0 with input as asked_2
	asked_3 := cases.of("page", object.union(warning, cases.emergency("manager")))
	count(hours.oblige) == 0 with input as asked_3
}
