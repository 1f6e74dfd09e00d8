package fairlead.policies.rights_test

import data.fairlead.cases
import data.fairlead.policies.rights

test_a_member_comments_alone if {
	asked := cases.of("comment", {})
	count(rights.allow) == 1 with input as asked
	count(rights.ask) == 0 with input as asked
}

test_a_rule_asks if {
	asked := cases.of("comment", cases.by_rule)
	count(rights.ask) == 1 with input as asked
	asked_2 := cases.of("page", cases.by_rule)
	some one in rights.ask with input as asked_2
	one.role == "manager"
}

test_an_agent_never_pages if {
	asked := cases.of("page", cases.by_agent)
	count(rights.deny) == 1 with input as asked
	count(rights.allow) == 0 with input as asked
}

test_who_has_no_role_may_only_look if {
	asked := cases.of("comment", {"proposer": {"role": ""}})
	count(rights.deny) == 1 with input as asked
}

test_nobody_may_what_the_table_does_not_name if {
	asked := cases.of("conquer", {})
	count(rights.allow) == 0 with input as asked
	count(rights.ask) == 0 with input as asked
}

test_the_row_of_a_team_wins if {
	own := {"team:payments": {"comment": {"member": {"may": "never", "needs": []}}}}
	asked := cases.of("comment", {})
	count(rights.deny) == 1 with input as asked with data.fairlead.team_rights as own
}
