package fairlead.policies.branches_test

import data.fairlead.cases
import data.fairlead.policies.branches

test_a_protected_branch_asks_a_person if {
	asked := cases.of("merge", {})
	count(branches.ask) == 1 with input as asked
}

test_one_of_which_nothing_is_known_too if {
	asked := cases.of("merge", {"subject": {"protected": null}})
	count(branches.ask) == 1 with input as asked
}

test_another_branch_does_not if {
	asked := cases.of("merge", {"subject": {"protected": false}})
	count(branches.ask) == 0 with input as asked
}
