package fairlead.policies.personal_data_test

import data.fairlead.cases
import data.fairlead.policies.personal_data

test_it_is_taken_out if {
	found := {"act": {"found": [{"kind": "personal", "name": "mail-address", "text": "ada@home.example"}]}}
	asked := cases.of("comment", found)
	some one in personal_data.oblige with input as asked
	one.kind == "redact"
	one.texts == ["ada@home.example"]
}

test_where_there_is_none_nothing_is_taken_out if {
	asked := cases.of("comment", {})
	count(personal_data.oblige) == 0 with input as asked
}
