# METADATA
# title: Quality gates of a merge
# description: |
#   A merge passes the gates of `[policy] merge_needs`: tests green, reviewed, coverage not below the mark and not
#   falling, documentation along with it, no open security alert, no benchmark worse. What nobody measured has not
#   passed.
package fairlead.policies.gates

import data.fairlead.settings

deny contains {"rule": concat("/", ["gates", gate]), "words": words, "breakable": true} if {
	input.act.kind == "merge"
	some gate in settings.merge_needs
	some words in failing(gate)
}

# A gate that no setting asks for is not worked out.
failing(gate) := tests if {
	gate == "tests"
} else := review if {
	gate == "review"
} else := coverage if {
	gate == "coverage"
} else := documentation if {
	gate == "documentation"
} else := security if {
	gate == "security"
} else := performance if {
	gate == "performance"
}

deny contains {"rule": "gates/open", "words": one} if {
	input.act.kind == "merge"
	some one in closed
}

tests contains sprintf("checks failed: %s", [concat(", ", input.subject.checks.failed)]) if {
	input.subject.checks.state == "failed"
}

tests contains sprintf("checks still run: %s", [concat(", ", input.subject.checks.pending)]) if {
	input.subject.checks.state == "pending"
}

tests contains "no check has told of its head" if {
	input.subject.checks.state in {"none", "unknown"}
}

review contains sprintf("changes are asked for by %s", [concat(", ", input.subject.review.refused_by)]) if {
	input.subject.review.state == "changes_requested"
}

review contains "no person has approved it in a review" if {
	input.subject.review.state in {"waiting", "none", "unknown"}
}

coverage contains "nobody measured the coverage of its head" if {
	input.subject.coverage.percent == null
}

coverage contains sprintf("coverage is %v %%, and the mark is %v %%", [input.subject.coverage.percent, settings.coverage_percent]) if {
	input.subject.coverage.percent != null
	input.subject.coverage.percent < settings.coverage_percent
}

coverage contains sprintf("coverage falls from %v to %v %%", [input.subject.coverage.before_percent, input.subject.coverage.percent]) if {
	input.subject.coverage.percent != null
	input.subject.coverage.before_percent != null
	input.subject.coverage.percent < input.subject.coverage.before_percent
}

documentation contains "no documentation comes along with it" if {
	input.subject.documentation != "passed"
}

security contains sprintf("open security alerts of the repository: %v", [input.subject.security_alerts]) if {
	input.subject.security_alerts != null
	input.subject.security_alerts > 0
}

performance contains sprintf("benchmarks of its head: %s", [input.subject.performance]) if {
	input.subject.performance != "passed"
}

note contains {"rule": "gates/security", "words": "nobody reads security alerts of this repository"} if {
	input.act.kind == "merge"
	"security" in settings.merge_needs
	input.subject.security_alerts == null
}

closed contains "it is a draft" if {
	input.subject.draft
}

closed contains sprintf("it is %s", [input.subject.state]) if {
	not input.subject.state in {"open", ""}
}

closed contains "its head is not the one that was looked at" if {
	input.subject.head_sha != ""
	input.act.arguments.head_sha != input.subject.head_sha
}
