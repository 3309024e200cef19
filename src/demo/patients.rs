//! People: who they are, where they live and how to talk to them, as `Patient` and `RelatedPerson`.

use super::boroughs::{BOROUGHS, Borough};
use super::calendar::Date;
use super::directory::PRACTICES_PER_BOROUGH;
use super::ethnicity::{BRITISH_SIGN_LANGUAGE, ENGLISH, ETHNICITIES, Ethnicity};
use super::names::mail_address;
use super::random::Random;
use super::resource::{Resource, reference, uk_core_complex_extension, uk_core_extension};
use super::services::{Service, gp_practice_id, gp_role_id, trust_id};
use super::staff::GPS_PER_PRACTICE;
use super::terminology::Concept;
use serde_json::{Value, json};

/// The part of life that decides which services someone is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Young,
    Adult,
    Older,
}

/// Weighted stages: more of the referrals are for children than their share of residents.
static STAGES: [(u32, Stage); 3] = [(22, Stage::Young), (60, Stage::Adult), (18, Stage::Older)];

/// Weighted administrative genders, more women than men as among people referred.
static GENDERS: [(u32, &str); 3] = [(54, "female"), (45, "male"), (1, "other")];

static STREETS: [&str; 16] = [
    "Larkfield Road",
    "Alder Grove",
    "Station Road",
    "Mulberry Close",
    "Windmill Lane",
    "Canal Terrace",
    "Priory Avenue",
    "Kestrel Way",
    "Orchard Gardens",
    "Foundry Court",
    "Beech Crescent",
    "Manor Park Road",
    "Elmtree Mews",
    "Brook Street",
    "Heathfield Rise",
    "Queensway Buildings",
];

/// Letters that occur in the inward part of postcodes.
static POSTCODE_LETTERS: [&str; 20] =
    ["A", "B", "D", "E", "F", "G", "H", "J", "L", "N", "P", "Q", "R", "S", "T", "U", "W", "X", "Y", "Z"];

/// One invented person, as drawn; everything else in their record follows from it.
pub(super) struct Person {
    number: usize,
    nhs_number: String,
    pub(super) stage: Stage,
    pub(super) borough: &'static Borough,
    /// Which neighbourhood team of the borough (1 or 2) covers the address.
    pub(super) team: usize,
    birth_date: Date,
    died: Option<Date>,
    gender: &'static str,
    ethnicity: &'static Ethnicity,
    language: Concept,
    needs_interpreter: bool,
    given: &'static str,
    family: &'static str,
    practice: u32,
    gp: u32,
}

impl Person {
    /// Draws a person; `number` counts from 1 and becomes part of every id in their record.
    pub(super) fn draw(number: usize, nhs_number: &str, today: Date, random: &mut Random) -> Self {
        let stage = random.weighted(&STAGES);
        let age_in_days = match stage {
            Stage::Young => random.between(6 * 366, 18 * 365 - 30),
            Stage::Adult => random.between(18 * 366, 65 * 365 - 30),
            Stage::Older => random.between(65 * 366, 95 * 365),
        };
        let borough = random.weighted(&BOROUGHS.each_ref().map(|borough| (borough.residents, borough)));
        let ethnicity = draw_ethnicity(borough, random);
        let language =
            if random.chance(1) { BRITISH_SIGN_LANGUAGE } else { random.weighted(&ethnicity.languages) };
        let pool = random.pick(&ethnicity.names);
        let gender = random.weighted(&GENDERS);
        let given = if gender == "male" { random.pick(&pool.male) } else { random.pick(&pool.female) };
        let mortality = if stage == Stage::Older { 12 } else { 2 };
        Self {
            number,
            nhs_number: nhs_number.into(),
            stage,
            borough,
            team: random.below(2) as usize + 1,
            birth_date: today.plus(-age_in_days),
            died: random.chance(mortality).then(|| today.plus(-random.between(10, 120))),
            gender,
            ethnicity,
            language,
            needs_interpreter: language.display() != ENGLISH.display() && random.chance(60),
            given,
            family: random.pick(&pool.family),
            practice: random.below(PRACTICES_PER_BOROUGH) + 1,
            gp: random.below(GPS_PER_PRACTICE) + 1,
        }
    }

    /// The day the record was last touched: today, or the day of death.
    pub(super) fn horizon(&self, today: Date) -> Date {
        self.died.unwrap_or(today)
    }

    pub(super) fn is_alive(&self) -> bool {
        self.died.is_none()
    }

    /// Completed years on a day.
    pub(super) fn age_on(&self, day: Date) -> i32 {
        let (year, month, of_month) = day.parts();
        let (birth_year, birth_month, birth_day) = self.birth_date.parts();
        year - birth_year - i32::from((month, of_month) < (birth_month, birth_day))
    }

    /// An id for the `index`th resource of some sort in this person's record.
    pub(super) fn part_id(&self, part: &str, index: impl std::fmt::Display) -> String {
        format!("nwl-{part}-{:06}-{index}", self.number)
    }

    pub(super) fn id(&self) -> String {
        format!("nwl-patient-{:06}", self.number)
    }

    /// Reference to the `Patient`.
    pub(super) fn reference(&self) -> Value {
        reference("Patient", &self.id())
    }

    /// Reference to the role of the person's own general practitioner.
    pub(super) fn gp_role(&self) -> Value {
        reference("PractitionerRole", &gp_role_id(self.borough, self.practice, self.gp))
    }

    /// Reference to the practice where the person is registered.
    pub(super) fn gp_practice(&self) -> Value {
        reference("Organization", &gp_practice_id(self.borough, self.practice))
    }

    /// The neighbourhood team that covers the address.
    pub(super) fn neighbourhood(&self) -> Service {
        Service::neighbourhood(self.borough, self.team)
    }

    /// The person as a `Patient`.
    pub(super) fn patient(&self, today: Date, random: &mut Random) -> Resource {
        Resource::new("Patient", self.id())
            .with("extension", self.extensions(random))
            .with("identifier", json!([self.identifier(random)]))
            .with("active", self.is_alive())
            .with("name", json!([{"use": "official", "family": self.family, "given": [self.given]}]))
            .with_all("telecom", self.telecom(today, random))
            .with("gender", self.gender)
            .with("birthDate", self.birth_date.to_string())
            .with_some("deceasedDateTime", self.died.map(|day| day.to_string()))
            .with("address", json!([self.address(random)]))
            .with_some("maritalStatus", self.marital_status(today, random))
            .with_all("contact", self.next_of_kin(random))
            .with("communication", self.communication())
            .with("generalPractitioner", json!([self.gp_practice()]))
            .with("managingOrganization", reference("Organization", &trust_id(self.borough.trust)))
    }

    /// The parent of a child, as a `RelatedPerson`; nothing for adults.
    pub(super) fn parent(&self, random: &mut Random) -> Option<Resource> {
        if self.stage != Stage::Young {
            return None;
        }
        let pool = random.pick(&self.ethnicity.names);
        let (given, gender, relationship) = if random.chance(75) {
            (random.pick(&pool.female), "female", Concept::new(ROLE_CODES, "MTH", "mother"))
        } else {
            (random.pick(&pool.male), "male", Concept::new(ROLE_CODES, "FTH", "father"))
        };
        let parent = Resource::new("RelatedPerson", self.part_id("parent", 1))
            .with("active", true)
            .with("patient", self.reference())
            .with("relationship", json!([relationship.codeable()]))
            .with("name", json!([{"use": "official", "family": self.family, "given": [given]}]))
            .with("telecom", json!([mobile(random), mail(given, self.family)]))
            .with("gender", gender)
            .with("communication", self.communication());
        Some(parent)
    }

    fn extensions(&self, random: &mut Random) -> Vec<Value> {
        let mut extensions = vec![
            uk_core_extension("EthnicCategory", "valueCodeableConcept", self.ethnicity.category.codeable()),
            uk_core_extension("BirthSex", "valueCodeableConcept", self.birth_sex(random).codeable()),
        ];
        if self.needs_interpreter {
            extensions.push(json!({
                "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
                "valueBoolean": true
            }));
        }
        if random.chance(30) {
            extensions.push(contact_preference(random));
        }
        if let Some(day) = self.died {
            extensions.push(death_notification(day.plus(3)));
        }
        extensions
    }

    fn birth_sex(&self, random: &mut Random) -> Concept {
        match self.gender {
            "female" => FEMALE,
            "male" => MALE,
            _ => random.pick(&[FEMALE, MALE]),
        }
    }

    /// The NHS number; nine of ten have been traced against the national register.
    fn identifier(&self, random: &mut Random) -> Value {
        let status = random.weighted(&VERIFICATION_STATUSES);
        json!({
            "extension": [uk_core_extension("NHSNumberVerificationStatus", "valueCodeableConcept", status.codeable())],
            "system": "https://fhir.nhs.uk/Id/nhs-number",
            "value": self.nhs_number
        })
    }

    fn telecom(&self, today: Date, random: &mut Random) -> Vec<Value> {
        if self.age_on(today) < 16 {
            return Vec::new();
        }
        let mut telecom = vec![mobile(random)];
        if self.stage != Stage::Older || random.chance(40) {
            telecom.push(mail(self.given, self.family));
        }
        telecom
    }

    /// An address in the person's area. The inward part of the postcode is well formed but not looked up.
    fn address(&self, random: &mut Random) -> Value {
        let area = self.borough.area(random.pick(&[0, 2]) + self.team - 1);
        let line = format!("{} {}", random.below(180) + 1, random.pick(&STREETS));
        let inward = format!("{}Z{}", random.below(9) + 1, random.pick(&POSTCODE_LETTERS));
        self.borough.address(area, "home", &line, &inward)
    }

    fn marital_status(&self, today: Date, random: &mut Random) -> Option<Value> {
        let status = match self.stage {
            Stage::Adult if self.age_on(today) >= 25 => random.weighted(&MARITAL_OF_ADULTS),
            Stage::Older => random.weighted(&MARITAL_OF_OLDER_PEOPLE),
            _ => return None,
        };
        Some(status.codeable())
    }

    fn next_of_kin(&self, random: &mut Random) -> Vec<Value> {
        if self.stage != Stage::Older {
            return Vec::new();
        }
        let pool = random.pick(&self.ethnicity.names);
        let given = random.pick(&pool.female);
        vec![json!({
            "relationship": [Concept::new("http://terminology.hl7.org/CodeSystem/v2-0131", "N", "Next-of-Kin").codeable()],
            "name": {"use": "official", "family": self.family, "given": [given]},
            "telecom": [mobile(random)]
        })]
    }

    fn communication(&self) -> Value {
        json!([{"language": self.language.codeable(), "preferred": true}])
    }
}

const ROLE_CODES: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";

const FEMALE: Concept =
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F", "Female");
const MALE: Concept =
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M", "Male");

const fn verification(code: &'static str, display: &'static str) -> Concept {
    Concept::new(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
        code,
        display,
    )
}

static VERIFICATION_STATUSES: [(u32, Concept); 2] = [
    (90, verification("01", "Number present and verified")),
    (10, verification("02", "Number present but not traced")),
];

const fn marital(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", code, display)
}

static MARITAL_OF_ADULTS: [(u32, Concept); 3] =
    [(48, marital("S", "Never Married")), (40, marital("M", "Married")), (12, marital("D", "Divorced"))];

static MARITAL_OF_OLDER_PEOPLE: [(u32, Concept); 4] = [
    (10, marital("S", "Never Married")),
    (45, marital("M", "Married")),
    (12, marital("D", "Divorced")),
    (33, marital("W", "Widowed")),
];

const fn contact_method(code: &'static str, display: &'static str) -> Concept {
    Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-PreferredContactMethod", code, display)
}

static CONTACT_METHODS: [(u32, Concept); 4] = [
    (15, contact_method("1", "Letter")),
    (30, contact_method("3", "Telephone")),
    (25, contact_method("4", "E-mail")),
    (30, contact_method("9", "SMS")),
];

fn draw_ethnicity(borough: &Borough, random: &mut Random) -> &'static Ethnicity {
    let mut shares = ETHNICITIES.each_ref().map(|ethnicity| (0, ethnicity));
    for (row, share) in shares.iter_mut().zip(borough.ethnicity) {
        row.0 = share;
    }
    random.weighted(&shares)
}

fn contact_preference(random: &mut Random) -> Value {
    let method = random.weighted(&CONTACT_METHODS);
    uk_core_complex_extension(
        "ContactPreference",
        vec![json!({"url": "PreferredContactMethod", "valueCodeableConcept": method.codeable()})],
    )
}

fn death_notification(day: Date) -> Value {
    const FORMAL: Concept = Concept::new(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeathNotificationStatus",
        "2",
        "Formal - death notice received from Registrar of Deaths",
    );
    uk_core_complex_extension(
        "DeathNotificationStatus",
        vec![
            json!({"url": "deathNotificationStatus", "valueCodeableConcept": FORMAL.codeable()}),
            json!({"url": "systemEffectiveDate", "valueDateTime": day.to_string()}),
        ],
    )
}

/// A mobile number of the range Ofcom keeps for drama: 07700 900000 to 900999.
fn mobile(random: &mut Random) -> Value {
    json!({"system": "phone", "value": format!("07700 900{:03}", random.below(1_000)), "use": "mobile"})
}

fn mail(given: &str, family: &str) -> Value {
    json!({"system": "email", "value": mail_address(given, family, "people"), "use": "home"})
}
