# METADATA
# title: Unsigned sources never cause an act
# description: |
#   What arrived without a signature, or by nobody who was signed in, may be shown; it gives no reason to act. Breaking
#   the glass does not change that: the same person proposes it as their own, and then answers for it.
package fairlead.policies.sources

deny contains {"rule": "sources/unsigned", "words": sprintf("it rests on what came unsigned: %s", [what])} if {
	input.source.trust == "unsigned"
}

deny contains {"rule": "sources/unsigned", "words": sprintf("it rests on what came unsigned: %s", [what])} if {
	count(input.source.unsigned) > 0
	input.proposer.kind != "person"
}

what := concat(", ", input.source.unsigned) if {
	count(input.source.unsigned) > 0
} else := "nobody knows who sent it"
