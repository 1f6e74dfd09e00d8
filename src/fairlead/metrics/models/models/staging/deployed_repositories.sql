-- Repositories of which production deployments are known at all.
select distinct repository from {{ ref('deployment_parts') }} where production and success
