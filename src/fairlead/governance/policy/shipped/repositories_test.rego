package fairlead.policies.repositories_test

import data.fairlead.cases
import data.fairlead.policies.repositories

test_a_listed_repository_passes if {
	asked := cases.of("merge", {})
	count(repositories.deny) == 0 with input as asked with data.fairlead.settings.repositories as ["github:acme/*"]
}

test_another_one_does_not if {
	asked := cases.of("merge", {})
	some denial in repositories.deny with input as asked with data.fairlead.settings.repositories as ["github:other/*"]
	denial.rule == "repositories/not-listed"
}

test_without_a_list_every_known_one_passes if {
	asked := cases.of("merge", {})
	count(repositories.deny) == 0 with input as asked with data.fairlead.settings.repositories as []
}

test_what_was_never_seen_is_not_touched if {
	asked := cases.of("comment", {"subject": {"known": false}})
	some denial in repositories.deny with input as asked
	denial.rule == "repositories/unknown-subject"
}

test_a_new_issue_is_judged_by_its_place if {
	new := {"act": {"subject": "", "place": "github:other/site"}, "subject": {"repository": ""}}
	asked := cases.of("create_issue", new)
	count(repositories.deny) == 1 with input as asked with data.fairlead.settings.repositories as ["github:acme/*"]
}
