//! CarePlan: what has been agreed for the care of a person.

use fhir_search::keys::Target;

use super::element::{Concept, Reader};
use super::row::{Gatherer, row, rows};
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

#[derive(Clone, Debug, PartialEq)]
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

#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Gathers the rows.
    pub(super) fn gather<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        let (plan, period) = (&self.plan, &self.period);
        row!(
            gatherer,
            care_plan {
                status: &plan.status,
                intent: &plan.intent,
                title: &plan.title,
                created: &plan.created,
                started: &period.started,
                ended: &period.ended,
                started_us: period.started_us,
                ended_us: period.ended_us,
                subject: gatherer.number_of(self.subject.as_ref())?,
                encounter: gatherer.number_of(self.encounter.as_ref())?,
                author: gatherer.number_of(self.author.as_ref())?
            }
        );
        rows!(gatherer, care_plan_category, &self.categories, |category| { system: &category.system, code: &category.code, text: &category.text });
        rows!(gatherer, care_plan_team, &self.teams, |team| { team: gatherer.number(team)? });
        rows!(gatherer, care_plan_addresses, &self.addresses, |condition| { condition: gatherer.number(condition)? });
        rows!(gatherer, care_plan_goal, &self.goals, |goal| { goal: gatherer.number(goal)? });
        rows!(gatherer, care_plan_activity, &self.activities, |activity| {
            kind: &activity.detail.kind, status: &activity.detail.status, do_not_perform: activity.detail.do_not_perform, frequency: activity.detail.frequency, period: &activity.detail.period, period_unit: &activity.detail.period_unit, system: &activity.code.system, code: &activity.code.code, text: &activity.code.text, started: &activity.scheduled.started, ended: &activity.scheduled.ended, started_us: activity.scheduled.started_us, ended_us: activity.scheduled.ended_us,
            location: gatherer.number_of(activity.location.as_ref())?, performer: gatherer.number_of(activity.performer.as_ref())?, reference: gatherer.number_of(activity.reference.as_ref())? });
        Ok(())
    }
}
