# METADATA
# title: Quality gates of a merge
# description: |
#   A merge passes the gates of `[policy] merge_needs`: tests green, reviewed, coverage not below the mark and not
#   falling, documentation along with it, no open security alert, no benchmark worse. What nobody measured has not
#   passed.
package fairlead.policies.gates

import data.fairlead.settings

deny contains {"rule": concat("/", ["gates", one.gate]), "words": one.words, "breakable": true} if {
	input.act.kind == "merge"
	some one in failing
	one.gate in settings.merge_needs
}

deny contains {"rule": "gates/open", "words": one} if {
	input.act.kind == "merge"
	some one in closed
}

failing contains {"gate": "tests", "words": sprintf("checks failed: %s", [concat(", ", input.subject.checks.failed)])} if {
	input.subject.checks.state == "failed"
}

failing contains {"gate": "tests", "words": sprintf("checks still run: %s", [concat(", ", input.subject.checks.pending)])} if {
	input.subject.checks.state == "pending"
}

failing contains {"gate": "tests", "words": "no check has told of its head"} if {
	input.subject.checks.state in {"none", "unknown"}
}

failing contains {"gate": "review", "words": sprintf("changes are asked for by %s", [concat(", ", input.subject.review.refused_by)])} if {
	input.subject.review.state == "changes_requested"
}

failing contains {"gate": "review", "words": "no person has approved it in a review"} if {
	input.subject.review.state in {"waiting", "none", "unknown"}
}

failing contains {"gate": "coverage", "words": "nobody measured the coverage of its head"} if {
	input.subject.coverage.percent == null
}

failing contains {
	"gate": "coverage",
	"words": sprintf("coverage is %v %%, and the mark is %v %%", [input.subject.coverage.percent, settings.coverage_percent]),
} if {
	input.subject.coverage.percent != null
	input.subject.coverage.percent < settings.coverage_percent
}

failing contains {
	"gate": "coverage",
	"words": sprintf("coverage falls from %v to %v %%", [input.subject.coverage.before_percent, input.subject.coverage.percent]),
} if {
	input.subject.coverage.percent != null
	input.subject.coverage.before_percent != null
	input.subject.coverage.percent < input.subject.coverage.before_percent
}

failing contains {"gate": "documentation", "words": "no documentation comes along with it"} if {
	input.subject.documentation != "passed"
}

failing contains {"gate": "security", "words": sprintf("open security alerts of the repository: %v", [input.subject.security_alerts])} if {
	input.subject.security_alerts != null
	input.subject.security_alerts > 0
}

failing contains {"gate": "performance", "words": sprintf("benchmarks of its head: %s", [input.subject.performance])} if {
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
