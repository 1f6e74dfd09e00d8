# METADATA
# title: Four eyes on a merge
# description: |
#   Whoever wrote a change is not the one who lets it in, even where somebody else proposed to merge it.
package fairlead.policies.four_eyes

ask contains {
	"rule": "four-eyes/merge",
	"role": "member",
	"count": 1,
	"not_by": [input.subject.author],
	"words": "somebody else than its author and than who proposed it has to say yes",
} if {
	input.act.kind == "merge"
}
