package fairlead.policies.secrets_test

import data.fairlead.cases
import data.fairlead.main
import data.fairlead.policies.secrets

leak := {"act": {"found": [{"kind": "secret", "name": "github-token", "text": ""}]}}

test_a_secret_stays_here if {
	asked := cases.of("comment", leak)
	some denial in secrets.deny with input as asked
	denial.rule == "secrets/github-token"
}

test_no_emergency_lets_it_out if {
	asked := cases.of("comment", object.union(leak, cases.emergency("owner")))
	main.verdict.effect == "deny" with input as asked
}

test_a_mail_address_is_no_secret if {
	asked := cases.of("comment", {"act": {"found": [{"kind": "personal", "name": "mail-address", "text": "ada@home.example"}]}})
	count(secrets.deny) == 0 with input as asked
}
