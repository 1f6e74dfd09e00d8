# METADATA
# title: Quiet hours
# description: |
#   In quiet hours of the team no rule and no agent writes messages, and nobody is woken for less than an error: such
#   an act waits for the morning. A person who writes at night knows what time it is.
package fairlead.policies.hours

oblige contains {"kind": "not_before", "at_ns": input.time.loud_ns, "rule": "hours/quiet"} if {
	waits
}

note contains {"rule": "hours/quiet", "words": "these are quiet hours of the team: it waits until they end"} if {
	waits
}

waits if {
	input.time.quiet
	input.act.kind in {"post_message", "request_review"}
	input.proposer.kind != "person"
	input.emergency == null
}

waits if {
	input.time.quiet
	input.act.kind == "page"
	input.act.arguments.severity in {"warning", "info"}
	input.emergency == null
}
