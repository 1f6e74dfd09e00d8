# METADATA
# title: Secrets never leave
# description: |
#   A text that holds something of the shape of a token, a key or a password is not sent, whoever wants it: what a
#   channel or a comment has once shown is known. The glass cannot be broken for it.
package fairlead.policies.secrets

deny contains {"rule": concat("/", ["secrets", one.name]), "words": sprintf("a text holds what looks like a secret: %s", [one.name])} if {
	some one in input.act.found
	one.kind == "secret"
}
