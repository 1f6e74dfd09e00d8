# METADATA
# title: Protected branches need a person
# description: |
#   Into a protected branch nothing gets without the word of a person, whoever proposed it and whatever the table of
#   rights says.
package fairlead.policies.branches

ask contains {
	"rule": "branches/protected",
	"role": "member",
	"count": 1,
	"words": sprintf("`%s` is a protected branch: a person has to say yes", [input.subject.base_branch]),
} if {
	input.act.kind == "merge"
	input.subject.protected != false
}
