package fairlead.policies.rate_test

import data.fairlead.cases
import data.fairlead.policies.rate

test_so_many_an_hour if {
	asked := cases.of("comment", cases.by_rule)
	some one in rate.oblige with input as asked with data.fairlead.settings.acts_per_hour as 7
	one.count == 7
	one.within_s == 3600
}

test_zero_means_no_end if {
	asked := cases.of("comment", {})
	count(rate.oblige) == 0 with input as asked with data.fairlead.settings.acts_per_hour as 0
}
