# METADATA
# title: Personal data stays here
# description: |
#   Addresses and numbers of people are taken out of texts before anybody is asked to approve them.
package fairlead.policies.personal_data

oblige contains {"kind": "redact", "texts": [one.text | some one in personal], "with": "[taken out]", "rule": "personal-data/taken-out"} if {
	count(personal) > 0
}

note contains {
	"rule": concat("/", ["personal-data", one.name]),
	"words": sprintf("taken out of the text: %s", [one.name]),
} if {
	some one in personal
}

personal contains one if {
	some one in input.act.found
	one.kind == "personal"
}
