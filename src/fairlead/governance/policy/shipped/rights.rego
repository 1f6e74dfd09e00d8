# METADATA
# title: Who may do what
# description: |
#   The table of rights says for each kind of act what a rule, an agent, the operator and a person by role may do:
#   alone, with the word of others, or never. What the table does not name nobody may do.
package fairlead.policies.rights

# The row is taken once in each: the embedded engine works it out anew wherever it is named.
allow contains {"rule": rule, "words": sprintf("%s may %s", [who_words, doing])} if {
	doing := {"alone": "do that alone", "ask": "propose that"}[entry.may]
}

ask contains {
	"rule": rule,
	"role": need.role,
	"count": need.count,
	"words": sprintf("a %s by %s needs the word of others", [input.act.kind, who_words]),
} if {
	some need in entry.needs
}

deny contains {"rule": rule, "words": sprintf("%s may never do that", [who_words])} if {
	entry.may == "never"
}

rule := concat("", ["rights/", input.act.kind])

# A team's own row wins over everybody's.
entry := row if {
	row := data.fairlead.team_rights[input.act.team][input.act.kind][who]
} else := row if {
	row := data.fairlead.rights[input.act.kind][who]
}

who := input.proposer.kind if {
	input.proposer.kind != "person"
} else := input.proposer.role if {
	input.proposer.role != ""
} else := "viewer"

who_words := sprintf("an %s", [who]) if {
	who in {"agent", "owner", "operator"}
} else := sprintf("a %s", [who])
