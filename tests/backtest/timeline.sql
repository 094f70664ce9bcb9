-- What every customer was at every instant at which anything could have changed, from the table `events`
-- (customer, ord, name, moment, event_id), `ord` being the order in which a customer's events are taken. Variables:
-- `until`, the last instant; `days`, every number of days at which a rule may change its mind.
--
-- Between two events only "whole days since the last" and "since the first" move, and they move at whole days after those
-- instants. So it is enough to look at a customer right after each event, and at last + n and first + n days until the
-- next event. A deadline at the very instant of the next event belongs to the time before it.

create or replace table standing as
select
    customer, ord, moment, event_id,
    count(*) filter (name = 'purchase') over past as purchases,
    min(moment) filter (name = 'purchase') over past as first_purchase,
    max(moment) filter (name = 'purchase') over past as last_purchase,
    count(*) filter (name = 'return') over past as returns,
    min(moment) filter (name = 'return') over past as first_return,
    max(moment) filter (name = 'return') over past as last_return,
    lead(moment) over (partition by customer order by ord) as next_at
from events
where moment <= getvariable('until')
window past as (partition by customer order by ord rows between unbounded preceding and current row);

create or replace table deadlines as
with anchors as (
    select customer, ord, moment, least(next_at, getvariable('until')) as up_to,
        unnest([first_purchase, last_purchase, first_return, last_return]) as anchor
    from standing
),
instants as (
    select customer, ord, moment, up_to, anchor + to_days(n::integer) as look_at
    from anchors, (select unnest(getvariable('days')) as n)
)
select distinct customer, ord, look_at from instants where look_at > moment and look_at <= up_to;

-- `place` is the order of a customer's looks: after an event, then the deadlines up to the next one.
create or replace table looks as
with all_looks as (
    select customer, ord, moment as look_at, 'event' as cause, event_id from standing
    union all
    select customer, ord, look_at, 'time', null from deadlines
)
select
    customer, look_at, cause, all_looks.event_id,
    row_number() over (partition by customer order by ord, look_at, cause) as place,
    if(
        epoch_ms(look_at) % 1000 = 0,
        strftime(look_at, '%Y-%m-%dT%H:%M:%SZ'), strftime(look_at, '%Y-%m-%dT%H:%M:%S.%gZ')
    ) as occurred_at,
    purchases, returns,
    (epoch_ms(look_at) - epoch_ms(last_purchase)) // 86400000 as since_last_purchase,
    (epoch_ms(look_at) - epoch_ms(first_purchase)) // 86400000 as since_first_purchase,
    (epoch_ms(look_at) - epoch_ms(last_return)) // 86400000 as since_last_return,
    (epoch_ms(look_at) - epoch_ms(first_return)) // 86400000 as since_first_return
from all_looks join standing using (customer, ord);
