# METADATA
# title: Agents propose and never approve
# description: |
#   The word of an agent, a rule or the operator counts for nothing, none of them breaks the glass, and what an agent
#   wrote is merged only after a person has approved it in a review.
package fairlead.policies.agents

note contains {"rule": "agents/never-approve", "words": sprintf("the word of %s does not count: %s", [word.by, reason])} if {
	some word in input.approvals
	word.kind != "person"
	reason := sprintf("it is no person but: %s", [word.kind])
}

deny contains {"rule": "agents/no-emergency", "words": sprintf("%s is no person and breaks no glass", [input.emergency.by])} if {
	input.emergency.kind != "person"
}

deny contains {"rule": "agents/unreviewed", "words": "an agent wrote it, and no person has approved it in a review"} if {
	input.act.kind == "merge"
	input.subject.author_kind == "agent"
	count(input.subject.review.approved_by) == 0
}
