-- Whether all deployments are of one service or repository: then an incident that names none can mean no other.
select count(*) = 1 as only_one
from (select distinct repository, service from {{ source('computed', 'deployment_lineage') }}) every
