# METADATA
# title: What the policies come to
# description: |
#   Any denial wins; what nobody allows is denied; what somebody wants asked is asked until enough people have said
#   yes to exactly these bytes. Whoever breaks the glass with a reason overcomes denials that say that they may be
#   overcome, and every question, never more.
package fairlead.main

import data.fairlead.said
import data.fairlead.settings

# Each set is taken once: the embedded engine works a rule out anew wherever it is named.
verdict := {
	"effect": effect(count(standing), count(allowed), count(unmet)),
	"version": said.version,
	"denied": standing,
	"allowed": allowed,
	"asked": asked,
	"unmet": unmet,
	"noted": said.noted,
	"obligations": said.obliged,
	"overcome": overcome,
} if {
	allowed := said.allowed
	denied := said.denied
	asked := said.asked
	broke := glass
	broken := {one | broke; some one in denied; one.breakable == true}
	standing := denied - broken
	unmet := {one | not broke; some one in asked; count(approvers(one)) < one.count}
	overcome := broken | {one | broke; some one in asked}
}

effect(standing, allowed, unmet) := "deny" if {
	standing > 0
} else := "deny" if {
	allowed == 0
} else := "ask" if {
	unmet > 0
} else := "allow"

default glass := false

glass if {
	input.emergency.kind == "person"
	input.emergency.role in settings.break_glass
	trim_space(input.emergency.reason) != ""
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
