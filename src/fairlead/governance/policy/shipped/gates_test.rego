package fairlead.policies.gates_test

import data.fairlead.cases
import data.fairlead.policies.gates

every_gate := ["tests", "review", "coverage", "documentation", "security", "performance"]

rules(denials) := {denial.rule | some denial in denials}

test_a_green_and_reviewed_change_passes if {
	asked := cases.of("merge", {})
	count(gates.deny) == 0 with input as asked with data.fairlead.settings.merge_needs as every_gate
}

test_checks_have_failed if {
	asked := cases.of("merge", {"subject": {"checks": {"state": "failed", "failed": ["unit"]}}})
	rules(gates.deny) == {"gates/tests"} with input as asked
}

test_checks_still_run if {
	asked := cases.of("merge", {"subject": {"checks": {"state": "pending", "pending": ["unit"]}}})
	rules(gates.deny) == {"gates/tests"} with input as asked
}

test_nothing_ran if {
	asked := cases.of("merge", {"subject": {"checks": {"state": "none"}}})
	rules(gates.deny) == {"gates/tests"} with input as asked
}

test_nobody_reviewed_it if {
	asked := cases.of("merge", {"subject": {"review": {"state": "waiting", "approved_by": []}}})
	rules(gates.deny) == {"gates/review"} with input as asked
}

test_somebody_asks_for_changes if {
	asked := cases.of("merge", {"subject": {"review": {"state": "changes_requested", "refused_by": ["person:noor"]}}})
	rules(gates.deny) == {"gates/review"} with input as asked
}

test_coverage_does_not_fall if {
	asked := cases.of("merge", {"subject": {"coverage": {"percent": 83.9}}})
	rules(gates.deny) == {"gates/coverage"} with input as asked with data.fairlead.settings.merge_needs as every_gate
}

test_coverage_is_measured if {
	asked := cases.of("merge", {"subject": {"coverage": {"percent": null}}})
	rules(gates.deny) == {"gates/coverage"} with input as asked with data.fairlead.settings.merge_needs as every_gate
}

test_coverage_is_not_below_the_mark if {
	asked := cases.of("merge", {})
	rules(gates.deny) == {"gates/coverage"} with input as asked with data.fairlead.settings.merge_needs as every_gate with data.fairlead.settings.coverage_percent as 85
}

test_documentation_comes_along if {
	asked := cases.of("merge", {"subject": {"documentation": "none"}})
	rules(gates.deny) == {"gates/documentation"} with input as asked with data.fairlead.settings.merge_needs as every_gate
}

test_no_security_alert_is_open if {
	asked := cases.of("merge", {"subject": {"security_alerts": 2}})
	rules(gates.deny) == {"gates/security"} with input as asked
	unread := cases.of("merge", {"subject": {"security_alerts": null}})
	count(gates.deny) == 0 with input as unread
	count(gates.note) == 1 with input as unread
}

test_no_benchmark_is_worse if {
	asked := cases.of("merge", {"subject": {"performance": "failed"}})
	rules(gates.deny) == {"gates/performance"} with input as asked with data.fairlead.settings.merge_needs as every_gate
}

test_only_what_the_settings_name if {
	asked := cases.of("merge", {"subject": {"checks": {"state": "failed"}}})
	count(gates.deny) == 0 with input as asked with data.fairlead.settings.merge_needs as []
}

test_a_draft_is_never_merged if {
	asked := cases.of("merge", {"subject": {"draft": true}})
	rules(gates.deny) == {"gates/open"} with input as asked
}

test_nor_what_is_merged_already if {
	asked := cases.of("merge", {"subject": {"state": "merged"}})
	rules(gates.deny) == {"gates/open"} with input as asked
}

test_nor_another_head_than_was_looked_at if {
	asked := cases.of("merge", {"subject": {"head_sha": "0000"}})
	rules(gates.deny) == {"gates/open"} with input as asked
}

test_a_comment_passes_no_gate if {
	asked := cases.of("comment", {"subject": {"draft": true}})
	count(gates.deny) == 0 with input as asked
}
