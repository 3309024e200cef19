//! CarePlan: what has been agreed for the care of a person.

use diesel::prelude::*;
use fhir_search::keys::Target;

use super::element::{Concept, Reader};
use super::insert::{Inserter, concept_columns, insert_each, period_columns, run};
use super::schema::{
    care_plan, care_plan_activity, care_plan_addresses, care_plan_category, care_plan_goal, care_plan_team,
};
use super::time::Period;
use crate::store::StoreError;

/// The rows of a CarePlan.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CarePlanRows {
    plan: Plan,
    period: Period,
    subject: Option<Target>,
    encounter: Option<Target>,
    author: Option<Target>,
    categories: Vec<Concept>,
    teams: Vec<Target>,
    addresses: Vec<Target>,
    goals: Vec<Target>,
    activities: Vec<Activity>,
}

#[derive(Clone, Debug, PartialEq, Insertable)]
#[diesel(table_name = care_plan, treat_none_as_default_value = false)]
struct Plan {
    status: Option<String>,
    intent: Option<String>,
    title: Option<String>,
    created: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Activity {
    detail: Detail,
    code: Concept,
    scheduled: Period,
    location: Option<Target>,
    performer: Option<Target>,
    reference: Option<Target>,
}

#[derive(Clone, Debug, Default, PartialEq, Insertable)]
#[diesel(table_name = care_plan_activity, treat_none_as_default_value = false)]
struct Detail {
    kind: Option<String>,
    status: Option<String>,
    do_not_perform: Option<bool>,
    frequency: Option<i32>,
    period: Option<f64>,
    period_unit: Option<String>,
}

/// Reads a CarePlan.
pub(super) fn read(resource: Reader<'_>) -> CarePlanRows {
    CarePlanRows {
        plan: Plan {
            status: resource.text("status"),
            intent: resource.text("intent"),
            title: resource.text("title"),
            created: resource.text("created"),
        },
        period: Period::read(resource, "period"),
        subject: resource.reference("subject"),
        encounter: resource.reference("encounter"),
        author: resource.reference("author"),
        categories: resource.concepts("category"),
        teams: resource.references("careTeam"),
        addresses: resource.references("addresses"),
        goals: resource.references("goal"),
        activities: resource.children("activity").map(activity).collect(),
    }
}

/// An activity is described in `detail` or by the resource that `reference` leads to.
fn activity(element: Reader<'_>) -> Activity {
    let reference = element.reference("reference");
    let Some(detail) = element.child("detail") else {
        return Activity {
            detail: Detail::default(),
            code: Concept::default(),
            scheduled: Period::default(),
            location: None,
            performer: None,
            reference,
        };
    };
    let repeat = detail.child("scheduledTiming").and_then(|timing| timing.child("repeat"));
    let scheduled = match repeat {
        Some(repeat) => Period::read(repeat, "boundsPeriod"),
        None => Period::read(detail, "scheduledPeriod"),
    };
    Activity {
        detail: Detail {
            kind: detail.text("kind"),
            status: detail.text("status"),
            do_not_perform: detail.boolean("doNotPerform"),
            frequency: repeat.and_then(|repeat| repeat.integer("frequency")),
            period: repeat.and_then(|repeat| repeat.decimal("period")),
            period_unit: repeat.and_then(|repeat| repeat.text("periodUnit")),
        },
        code: detail.concept("code"),
        scheduled,
        location: detail.reference("location"),
        performer: detail.reference("performer"),
        reference,
    }
}

impl CarePlanRows {
    /// Inserts the rows.
    pub(super) fn insert(&self, inserter: &mut Inserter<'_, '_>) -> Result<(), StoreError> {
        let references = (
            care_plan::subject.eq(inserter.number_of(self.subject.as_ref())?),
            care_plan::encounter.eq(inserter.number_of(self.encounter.as_ref())?),
            care_plan::author.eq(inserter.number_of(self.author.as_ref())?),
        );
        let period = period_columns!(care_plan, self.period);
        run!(
            inserter,
            diesel::insert_into(care_plan::table).values((
                care_plan::rid.eq(inserter.rid),
                &self.plan,
                period,
                references
            ))
        );
        insert_each!(inserter, care_plan_category, &self.categories, |category| {
            concept_columns!(care_plan_category, category)
        });
        insert_each!(inserter, care_plan_team, &self.teams, |team| {
            care_plan_team::team.eq(inserter.number(team)?)
        });
        insert_each!(inserter, care_plan_addresses, &self.addresses, |condition| {
            care_plan_addresses::condition.eq(inserter.number(condition)?)
        });
        insert_each!(inserter, care_plan_goal, &self.goals, |goal| {
            care_plan_goal::goal.eq(inserter.number(goal)?)
        });
        insert_each!(inserter, care_plan_activity, &self.activities, |activity| (
            &activity.detail,
            concept_columns!(care_plan_activity, activity.code),
            period_columns!(care_plan_activity, activity.scheduled),
            care_plan_activity::location.eq(inserter.number_of(activity.location.as_ref())?),
            care_plan_activity::performer.eq(inserter.number_of(activity.performer.as_ref())?),
            care_plan_activity::reference.eq(inserter.number_of(activity.reference.as_ref())?),
        ));
        Ok(())
    }
}
