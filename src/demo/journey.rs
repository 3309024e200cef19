//! One person's way through the services, as one transaction.

use super::appointments;
use super::calendar::Date;
use super::care_plans;
use super::conditions;
use super::crisis;
use super::encounters::Contact;
use super::episodes;
use super::flags;
use super::patients::Person;
use super::random::Random;
use super::referrals::{Outcome, Referral};
use super::scores;
use super::tasks;
use super::transaction::Transaction;
use serde_json::Value;

/// Weighted numbers of referrals.
static REFERRAL_COUNTS: [(u32, u32); 3] = [(58, 1), (30, 2), (12, 3)];

/// Everything recorded about the `number`th person (from 1).
pub(super) fn bundle(seed: u64, number: usize, nhs_number: &str, today: Date) -> Value {
    let mut random = Random::new(seed, number);
    let person = Person::draw(number, nhs_number, today, &mut random);
    let horizon = person.horizon(today);
    let mut transaction = Transaction::default();
    transaction.put(person.patient(today, &mut random));
    transaction.put_all(person.parent(&mut random));
    transaction.put_all(conditions::long_term_conditions(&person, horizon, &mut random));
    for index in 1..=random.weighted(&REFERRAL_COUNTS) {
        let referral = Referral::draw(&person, index, horizon, &mut random);
        put_referral(&mut transaction, &person, &referral, horizon, &mut random);
    }
    transaction.put_all(crisis::encounters(&person, horizon, &mut random));
    transaction.put_all(flags::flags(&person, horizon, &mut random));
    transaction.into_json()
}

/// A referral, its problem and task, and the care that followed.
fn put_referral(
    transaction: &mut Transaction,
    person: &Person,
    referral: &Referral,
    horizon: Date,
    random: &mut Random,
) {
    let contacts = if referral.outcome.is_accepted() {
        Contact::draw_all(person, referral, horizon, random)
    } else {
        Vec::new()
    };
    let closed = closing_day(referral, &contacts);
    let treated = closed.filter(|_| referral.outcome == Outcome::Discharged);
    transaction.put(conditions::presenting_problem(
        person,
        referral.index,
        &referral.problem,
        referral.authored,
        treated,
        random,
    ));
    transaction.put(referral.service_request(person));
    transaction.put(tasks::task(person, referral, closed, horizon));
    put_care(transaction, person, referral, &contacts, closed, random);
    let is_booked = match referral.outcome {
        Outcome::Waiting => random.chance(40),
        Outcome::InTreatment => random.chance(75),
        _ => false,
    };
    if is_booked {
        transaction.put(appointments::booked(person, referral, horizon, random));
    }
}

/// The episode, plan, contacts and scores of an accepted referral.
fn put_care(
    transaction: &mut Transaction,
    person: &Person,
    referral: &Referral,
    contacts: &[Contact],
    closed: Option<Date>,
    random: &mut Random,
) {
    let Some(last) = contacts.last() else { return };
    transaction.put(episodes::episode(person, referral, closed));
    if episodes::has_team(referral) {
        transaction.put(episodes::care_team(person, referral, closed));
    }
    transaction.put_all(care_plans::plan_and_goals(person, referral, closed));
    for contact in contacts {
        transaction.put(contact.encounter(person, referral, contact.date == last.date));
        if contact.is_booked {
            transaction.put(appointments::kept(person, referral, contact));
        }
    }
    transaction.put_all(scores::scores(person, referral, contacts, random));
    if closed.is_some() && random.chance(15) {
        transaction.put(appointments::missed(person, referral, last.date));
    }
}

/// The day a referral ended: a week after the last contact, or a few days after it was declined.
fn closing_day(referral: &Referral, contacts: &[Contact]) -> Option<Date> {
    match referral.outcome {
        Outcome::Discharged => {
            Some(contacts.last().map_or(referral.first_seen, |contact| contact.date).plus(7))
        }
        Outcome::Declined => Some(referral.authored.plus(4)),
        Outcome::Waiting | Outcome::OnHold | Outcome::InTreatment => None,
    }
}
