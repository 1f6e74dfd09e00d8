# Usual input documents for tests, ours and a team's: a member's act in working hours on an open change of payments
# that is green and reviewed. `cases.of("merge", {...})` changes what a test is about.
package fairlead.cases

of(kind, more) := merged(merged(data.fairlead.usual, {"act": {"kind": kind}}), more)

# `object.union` goes into objects in OPA and stays outside in the embedded engine.
merged(a, b) := object.union(a, {key: one(object.get(a, key, null), value) | some key, value in b})

one(a, b) := object.union(a, {key: inner(object.get(a, key, null), value) | some key, value in b}) if {
	is_object(a)
	is_object(b)
} else := b

inner(a, b) := object.union(a, b) if {
	is_object(a)
	is_object(b)
} else := b

by_rule := {"proposer": {"id": "rule:stale-change", "kind": "rule", "role": "", "roles": {}}}

by_agent := {"proposer": {"id": "agent:mender", "kind": "agent", "role": "", "roles": {}}}

word(by, role) := {"by": by, "kind": "person", "role": role, "digest": "5c1f", "on_behalf_of": ""}

emergency(role) := {"emergency": {"by": "person:noor", "kind": "person", "role": role, "reason": "payments are down"}}
