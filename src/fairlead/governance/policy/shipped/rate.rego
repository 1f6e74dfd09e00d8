# METADATA
# title: Not too much at once
# description: |
#   A rule that misfires, or an agent that runs wild, must not flood a tool: of one kind of act in one tool so many are
#   done within an hour, and the others wait.
package fairlead.policies.rate

import data.fairlead.settings

oblige contains {
	"kind": "at_most",
	"count": settings.acts_per_hour,
	"within_s": 3600,
	"same": ["kind", "tool"],
	"rule": "rate/per-hour",
} if {
	settings.acts_per_hour > 0

	# what somebody ordered comes at its hour, and nobody proposes it
	not input.act.kind in {"deliver", "digest"}
}
