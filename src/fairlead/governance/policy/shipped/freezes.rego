# METADATA
# title: Freezes
# description: |
#   A freeze of `fairlead.d/freezes.yaml` stops what it names, with its name and reason; its exceptions tell why they
#   hold. In an emergency the glass can be broken.
package fairlead.policies.freezes

deny contains {
	"rule": concat("/", ["freeze", freeze.name]),
	"words": sprintf("frozen: %s", [freeze.reason]),
	"breakable": true,
} if {
	some freeze in input.time.freezes
	stops(freeze)
	not excepted(freeze)
}

note contains {
	"rule": concat("/", ["freeze", freeze.name]),
	"words": sprintf("goes on in spite of the freeze: %s", [exception.reason]),
} if {
	some freeze in input.time.freezes
	stops(freeze)
	some exception in freeze.exceptions
	fits(exception)
}

stops(freeze) if {
	input.act.kind in freeze.kinds
	here(freeze.repositories)
	concerns(freeze.teams)
}

excepted(freeze) if {
	some exception in freeze.exceptions
	fits(exception)
}

fits(exception) if {
	label_fits(exception.label)
	repository_fits(exception.repository)
	exception.team in {"", input.act.team}
	exception.kind in {"", input.act.kind}
}

label_fits("")

label_fits(label) if {
	label in input.subject.labels
}

repository_fits("")

repository_fits(pattern) if {
	glob.match(pattern, null, repository)
}

here(patterns) if {
	count(patterns) == 0
}

here(patterns) if {
	some pattern in patterns
	glob.match(pattern, null, repository)
}

concerns(teams) if {
	count(teams) == 0
}

concerns(teams) if {
	input.act.team in teams
}

repository := input.subject.repository if {
	input.subject.repository != ""
} else := input.act.place
