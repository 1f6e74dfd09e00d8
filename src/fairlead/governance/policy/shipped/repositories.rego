# METADATA
# title: Where something may be done
# description: |
#   Nothing is done in a repository that the settings do not name, nor to a record that was never seen.
package fairlead.policies.repositories

import data.fairlead.settings

deny contains {
	"rule": "repositories/not-listed",
	"words": sprintf("%s is none of the repositories of `[policy] repositories`", [place]),
} if {
	count(settings.repositories) > 0
	place != ""
	not listed
}

deny contains {
	"rule": "repositories/unknown-subject",
	"words": sprintf("nothing is known of %s, so nothing is done to it", [input.act.subject]),
} if {
	input.act.subject != ""
	not input.subject.known
}

listed if {
	some pattern in settings.repositories
	glob.match(lower(pattern), null, lower(place))
}

# What opens something new names the place itself; of messages and hooks there is none.
place := input.subject.repository if {
	input.subject.repository != ""
} else := input.act.place if {
	input.act.kind in {"create_issue", "open_incident"}
} else := ""
