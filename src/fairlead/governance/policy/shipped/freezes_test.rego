package fairlead.policies.freezes_test

import data.fairlead.cases
import data.fairlead.main
import data.fairlead.policies.freezes

release := {
	"name": "release-week", "reason": "4.0 is being cut", "until_ns": 1795600000000000000, "kinds": ["merge"],
	"repositories": [], "teams": [],
	"exceptions": [{"reason": "it repairs production", "label": "hotfix", "repository": "", "team": "", "kind": ""}],
}

under(freeze, more) := cases.of("merge", object.union({"time": {"freezes": [freeze]}}, more))

test_a_freeze_stops_what_it_names_by_its_name if {
	asked := under(release, {})
	some denial in freezes.deny with input as asked
	denial.rule == "freeze/release-week"
	contains(denial.words, "4.0 is being cut")
}

test_it_stops_nothing_else if {
	comment := cases.of("comment", {"time": {"freezes": [release]}})
	count(freezes.deny) == 0 with input as comment
	asked := under(object.union(release, {"repositories": ["github:acme/site"]}), {})
	count(freezes.deny) == 0 with input as asked
	asked_2 := under(object.union(release, {"teams": ["team:search"]}), {})
	count(freezes.deny) == 0 with input as asked_2
	asked_3 := under(object.union(release, {"repositories": ["github:acme/*"]}), {})
	count(freezes.deny) == 1 with input as asked_3
	asked_4 := under(object.union(release, {"teams": ["team:payments"]}), {})
	count(freezes.deny) == 1 with input as asked_4
}

test_an_exception_goes_on_and_tells_why if {
	hotfix := under(release, {"subject": {"labels": ["hotfix"]}})
	count(freezes.deny) == 0 with input as hotfix
	some noted in freezes.note with input as hotfix
	contains(noted.words, "it repairs production")
}

test_an_exception_holds_only_with_all_that_it_names if {
	both := {"reason": "it repairs production", "label": "hotfix", "repository": "github:acme/site", "team": "", "kind": ""}
	asked := under(object.union(release, {"exceptions": [both]}), {"subject": {"labels": ["hotfix"]}})
	count(freezes.deny) == 1 with input as asked
}

test_a_manager_overcomes_it_in_an_emergency if {
	asked := under(release, {"approvals": [cases.word("person:noor", "member")]})
	main.verdict.effect == "deny" with input as asked
	asked_2 := under(release, cases.emergency("manager"))
	main.verdict.effect == "allow" with input as asked_2
	asked_3 := under(release, cases.emergency("member"))
	main.verdict.effect == "deny" with input as asked_3
}
