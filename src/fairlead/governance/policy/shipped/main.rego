# METADATA
# title: What the policies come to
# description: |
#   Any denial wins; what nobody allows is denied; what somebody wants asked is asked until enough people have said
#   yes to exactly these bytes. Whoever breaks the glass with a reason overcomes denials that say that they may be
#   overcome, and every question, never more.
package fairlead.main

import data.fairlead.said
import data.fairlead.settings

verdict := {
	"effect": effect,
	"denied": standing,
	"allowed": said.allowed,
	"asked": said.asked,
	"unmet": unmet,
	"obligations": said.obliged,
	"overcome": overcome,
}

default effect := "deny"

effect := "allow" if {
	count(standing) == 0
	count(said.allowed) > 0
	count(unmet) == 0
}

effect := "ask" if {
	count(standing) == 0
	count(said.allowed) > 0
	count(unmet) > 0
}

standing contains denial if {
	some denial in said.denied
	not broken(denial)
}

overcome contains denial if {
	some denial in said.denied
	broken(denial)
}

overcome contains asked if {
	some asked in said.asked
	glass
}

broken(denial) if {
	denial.breakable == true
	glass
}

default glass := false

glass if {
	input.emergency.role in settings.break_glass
	trim_space(input.emergency.reason) != ""
}

unmet contains asked if {
	some asked in said.asked
	not glass
	count(approvers(asked)) < asked.count
}

# Whose word counts: a person's, on exactly these bytes, with the role, and not the proposer's own in another's mouth.
approvers(asked) := {word.by |
	some word in input.approvals
	word.kind == "person"
	word.digest == input.act.digest
	word.by != input.proposer.id
	word.on_behalf_of != input.proposer.id
	not word.by in object.get(asked, "not_by", [])
	not word.on_behalf_of in object.get(asked, "not_by", [])
	settings.ranks[word.role] >= settings.ranks[asked.role]
}
