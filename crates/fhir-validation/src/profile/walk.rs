//! The walk over a resource by the rules of its types. It meets every element once, hands extensions to the profile of
//! their url, and resources in the resource to a walk of their own; then the profiles that apply are laid over the resource.

use std::collections::HashMap;
use std::rc::Rc;

use fhir_model::types::{TypeId, TypeKind};
use fhir_model::{Issue, IssueType, Node};
use fhirpath::{Context, Element};
use smallvec::SmallVec;

use super::apply::{At, Scope};
use super::coding;
use super::extension::{self, Trail};
use super::host::ValidationHost;
use super::library::{Engine, ProfileId, Unusable};
use super::message::{self, Focus};
use super::occurrence::{self, Occurrences};
use super::reference::{self, unknown_profile_issue};
use super::resolver::Found;
use super::rules::{Profile, Rules, RulesId};
use crate::report::{Path, Report, Step};
use crate::rules::{self, RuleContext};
use crate::shape::Content;

/// Elements that are checked before a validation is given up. Profiles that multiply work (a target profile for each of
/// thousands of references) end here; no honest resource does.
const MOST_STEPS: u32 = 5_000_000;

/// The state of one validation.
pub(crate) struct Walk<'a> {
    pub(super) engine: &'a Engine,
    host: &'a ValidationHost<'a>,
    report: Report,
    /// The profile that is being checked, for issues.
    profile: Option<&'a str>,
    /// What is known of elements that were checked against profiles; `None` while the check goes on.
    judged: HashMap<Judged, Option<Verdict>>,
    steps_left: u32,
    has_broken_structure: bool,
    /// What the definition of the message asks of the resources in it.
    focuses: Rc<[Focus]>,
}

/// An element and a profile: address of the document, position in it, definition.
type Judged = (usize, u32, ProfileId);

/// The first error, if there is any.
type Verdict = Option<Issue>;

impl<'a> Walk<'a> {
    pub(crate) fn new(host: &'a ValidationHost<'a>) -> Self {
        Self {
            engine: host.engine,
            host,
            report: Report::default(),
            profile: None,
            judged: HashMap::new(),
            steps_left: MOST_STEPS,
            has_broken_structure: false,
            focuses: Rc::new([]),
        }
    }

    /// Takes over what the structural layer found.
    pub(crate) fn with_structure(mut self, issues: Vec<Issue>) -> Self {
        self.has_broken_structure = issues.iter().any(Issue::is_error);
        for issue in issues {
            self.report.add(issue);
        }
        self
    }

    /// Checks the outermost resource, and that it meets the given profiles.
    pub(crate) fn run(mut self, resource: Node<'a>, profiles: &[&str]) -> Vec<Issue> {
        let path = Path::root(resource.resource_type().unwrap_or_default());
        self.focuses = message::focuses(&self.engine.registry, resource).into();
        self.resource(resource, &path, None, profiles);
        let focuses = Rc::clone(&self.focuses);
        message::check_counts(&mut self, resource, &focuses);
        self.report.finish()
    }

    /// Adds an issue, with the profile that is being checked.
    pub(super) fn report(&mut self, issue: Issue) {
        self.report.add_from(issue, self.profile);
    }

    /// Whether the resource is not even built as R4 says.
    pub(super) fn has_broken_structure(&self) -> bool {
        self.has_broken_structure
    }

    /// Counts a step; false once there were too many.
    pub(super) fn spend(&mut self) -> bool {
        if self.steps_left == 1 {
            let text = "the resource takes too long to validate: not all of it was checked";
            self.report.add(Issue::error(IssueType::TooCostly, text).rule("too-costly"));
        }
        self.steps_left = self.steps_left.saturating_sub(1);
        self.steps_left > 0
    }

    pub(super) fn is_resource(&self, element: Element<'_>) -> bool {
        self.engine.model().get(element.type_id).is_some_and(|info| info.kind == TypeKind::Resource)
    }

    /// The scope of a resource.
    pub(super) fn scope(&self, resource: Node<'a>, container: Option<Node<'a>>) -> Scope<'a> {
        let mut context = Context::new(self.engine.model(), resource).with_host(self.host);
        context.root_resource = container.unwrap_or(resource);
        Scope { resource, container, context }
    }

    /// The target of a Reference, if it is at hand.
    pub(super) fn target(&self, element: Element<'a>, scope: &Scope<'a>) -> Option<Found<'a>> {
        let reference = element.node?.get_str("reference")?;
        self.find(reference, scope.owner())
    }

    /// What a literal reference in a resource points to, if it is at hand.
    pub(super) fn find(&self, reference: &str, owner: Node<'a>) -> Option<Found<'a>> {
        self.host.resolver.resolve(reference, owner)
    }

    /// The type of the target of a Reference, as far as anything tells it.
    pub(super) fn target_type(&self, element: Element<'a>, scope: &Scope<'a>) -> Option<TypeId> {
        let model = self.engine.model();
        let node = element.node?;
        let found = self.target(element, scope).and_then(|found| found.node.resource_type());
        let literal = || {
            let literal = node.get_str("reference")?;
            fhir_model::reference::Reference::parse(literal).target().map(|(resource_type, _)| resource_type)
        };
        let is_type = |name: &&str| model.by_name(name).is_some_and(|info| info.kind == TypeKind::Resource);
        let name =
            found.or_else(|| literal().filter(is_type)).or_else(|| node.get_str("type").filter(is_type))?;
        model.id(name)
    }

    /// Runs a check whose issues are those of a profile.
    pub(super) fn with_profile(&mut self, profile: &'a Profile, check: impl FnOnce(&mut Self)) {
        let outer = self.profile.replace(&profile.canonical);
        check(self);
        self.profile = outer;
    }

    /// The first error that an element has by a profile; `None` if it conforms. An element that is asked about while it is
    /// being checked is taken to conform, so that profiles may point at each other.
    pub(super) fn conforms(
        &mut self,
        id: ProfileId,
        element: Element<'a>,
        scope: &Scope<'a>,
    ) -> Option<Issue> {
        let node = element.any_node()?;
        let judged = (std::ptr::from_ref(node.document()) as usize, node.index(), id);
        if let Some(known) = self.judged.get(&judged) {
            return known.clone().flatten();
        }
        self.judged.insert(judged, None);
        let outer = std::mem::take(&mut self.report);
        let name = self.engine.model().name(element.type_id);
        let path = Path::root(name);
        match self.engine.get(id) {
            Ok(profile) => self.check_profile(profile, &At { element, path: &path, scope }),
            Err(error) => self.report_unusable(&error, &path),
        }
        let inner = std::mem::replace(&mut self.report, outer);
        let verdict = inner.first_error().cloned();
        self.judged.insert(judged, Some(verdict.clone()));
        verdict
    }

    /// Checks an element against a profile.
    fn check_profile(&mut self, profile: &'a Profile, at: &At<'a, '_>) {
        let model = self.engine.model();
        if !model.is_a(at.element.type_id, profile.type_id) {
            let (found, expected) = (model.name(at.element.type_id), model.name(profile.type_id));
            let text = format!("this is {found}, but {} is about {expected}", profile.canonical);
            self.report(
                Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("profile-type"),
            );
        } else if !profile.is_type {
            self.with_profile(profile, |walk| {
                walk.report_defects(profile, at.path);
                walk.apply(profile, RulesId::ROOT, at);
            });
        }
    }

    fn report_defects(&mut self, profile: &'a Profile, path: &Path<'_>) {
        for defect in &profile.defects {
            let text = format!("not checked in {}: {}", defect.element, defect.text);
            self.report(
                Issue::information(IssueType::Incomplete, text).at(path.to_string()).rule("profile-defect"),
            );
        }
    }

    pub(super) fn report_unknown_profile(&mut self, canonical: &str, path: &Path<'_>) {
        let issue = unknown_profile_issue(self.engine.settings.unknown_profile, canonical);
        self.report(issue.at(path.to_string()));
    }

    pub(super) fn report_unusable(&mut self, error: &Unusable, path: &Path<'_>) {
        let severity = self.engine.settings.unknown_profile;
        let issue = Issue::error(IssueType::Incomplete, format!("not checked: {error}"));
        self.report(Issue { severity, ..issue }.at(path.to_string()).rule("profile-unusable"));
    }

    /// Checks a resource: the outermost, a contained one, an entry or a parameter.
    fn resource(&mut self, node: Node<'a>, path: &Path<'_>, container: Option<Node<'a>>, profiles: &[&str]) {
        let Some(element) = Element::resource(self.engine.model(), node) else { return };
        let resolver = &self.host.resolver;
        let resolve =
            |reference: &str| resolver.resolve(reference, container.unwrap_or(node)).map(|found| found.node);
        let context = RuleContext {
            registry: &self.engine.registry,
            shapes: &self.engine.shapes,
            nhs: &self.engine.settings.nhs,
            html_in_strings: self.engine.settings.html_in_strings,
            container,
            resolve: &resolve,
        };
        rules::check(&context, node, path, &mut self.report);
        let scope = self.scope(node, container);
        let at = At { element, path, scope: &scope };
        self.typed(&at, None, &Trail::root(element.type_id));
        let engine = self.engine;
        let of_type = engine.settings.required_profiles.get(node.resource_type().unwrap_or_default());
        let of_type =
            of_type.filter(|_| container.is_none()).into_iter().flatten().map(|canonical| &**canonical);
        let of_type = of_type.filter(|canonical| !profiles.contains(canonical));
        let focuses = Rc::clone(&self.focuses);
        let of_message =
            focuses.iter().filter(|focus| container.is_none() && node.resource_type() == Some(&*focus.kind));
        let of_message = of_message.filter_map(|focus| focus.profile.as_deref());
        let required: SmallVec<[&str; 4]> =
            profiles.iter().copied().chain(of_type).chain(of_message).collect();
        for canonical in &required {
            self.required_profile(canonical, &at);
        }
        let claimed = node.get("meta").and_then(|meta| meta.get("profile"));
        let claimed = claimed.into_iter().flat_map(Node::items).filter_map(Node::as_str);
        for (position, canonical) in
            claimed.enumerate().filter(|(_, canonical)| !required.contains(canonical))
        {
            self.claimed_profile(canonical, position, &at);
        }
    }

    fn required_profile(&mut self, canonical: &str, at: &At<'a, '_>) {
        match self.engine.profile(canonical) {
            Ok(profile) => self.check_profile(profile, at),
            Err(error) => {
                let text = format!("the required profile cannot be checked: {error}");
                let issue = Issue::error(IssueType::NotFound, text);
                self.report(issue.at(at.path.to_string()).rule("profile-unknown"));
            }
        }
    }

    fn claimed_profile(&mut self, canonical: &str, position: usize, at: &At<'a, '_>) {
        match self.engine.profile(canonical) {
            Ok(profile) => self.check_profile(profile, at),
            Err(error) => {
                let meta = at.path.then(Step::Element("meta"));
                let (profiles, item) = (meta.then(Step::Element("profile")), Step::Item(position));
                match error {
                    Unusable::Unknown(canonical) => {
                        self.report_unknown_profile(&canonical, &profiles.then(item))
                    }
                    error => self.report_unusable(&error, &profiles.then(item)),
                }
            }
        }
    }

    /// Checks an element by the rules of its type, and all that stands below it. `own` are rules of the element itself;
    /// they tell of what is below backbone elements, which have no definition of their own.
    fn typed(&mut self, at: &At<'a, '_>, own: Option<(&'a Profile, &'a Rules)>, trail: &Trail<'_, 'a>) {
        if !self.spend() {
            return;
        }
        if let Some((_, rules)) = own {
            self.check_value(rules, at);
        }
        let element = at.element;
        let of_type = self.engine.type_rules(element.type_id);
        let root = of_type.and_then(|profile| Some((profile, profile.get(RulesId::ROOT)?)));
        if let Some((_, rules)) = root {
            self.check_value(rules, at);
        }
        self.special(at, trail);
        self.members(at, root.or(own), trail);
    }

    /// What is checked wherever a certain type stands.
    fn special(&mut self, at: &At<'a, '_>, trail: &Trail<'_, 'a>) {
        let type_id = Some(at.element.type_id);
        if type_id == self.engine.extension_type {
            extension::check(self, at, trail);
        } else if type_id == self.engine.coding_type {
            coding::check(self, at);
        } else if type_id == self.engine.reference_type {
            reference::check_exists(self, at);
        }
    }

    fn members(&mut self, at: &At<'a, '_>, rules: Option<(&'a Profile, &'a Rules)>, trail: &Trail<'_, 'a>) {
        let engine = self.engine;
        let Some((node, shape)) = occurrence::object(engine, at.element) else { return };
        let owner = if at.element.node.is_some_and(Node::is_object) {
            Some(at.element.type_id)
        } else {
            engine.element_type
        };
        let Some(info) = owner.and_then(|owner| engine.model().get(owner)) else { return };
        let has_siblings = node.members().any(|(name, _)| name.starts_with('_'));
        for (member_name, value) in node.members() {
            let (name, value, beside) = match member_name.strip_prefix('_') {
                // Met together with its value, if it has one.
                Some(name) if node.get(name).is_some() => continue,
                Some(name) => (name, None, Some(value)),
                None if has_siblings => (member_name, Some(value), occurrence::sibling(node, member_name)),
                None => (member_name, Some(value), None),
            };
            let Some(member) = shape.member(name) else { continue };
            let Some(definition) = info.elements.get(member.element) else { continue };
            let child = rules.and_then(|(profile, rules)| {
                let child = rules.children.iter().find(|child| child.name == definition.name)?;
                Some((profile, profile.get(child.rules)?))
            });
            // Most primitives have neither rules nor extensions.
            if child.is_none() && member.content == Content::Primitive && beside.is_none() {
                continue;
            }
            let path = at.path.then(Step::Element(&definition.name));
            let mut found = Occurrences::new();
            occurrence::collect(engine, shape, name, value, beside, &mut found);
            for occurrence in &found {
                let path = occurrence.path(&path);
                let element = occurrence.element;
                if member.content == Content::Resource {
                    let container = (&*definition.name == "contained").then_some(at.scope.resource);
                    if let Some(node) = element.node {
                        self.resource(node, &path, container, &[]);
                    }
                    continue;
                }
                let trail = trail.then(&info.name, &definition.name, element);
                self.typed(&At { element, path: &path, scope: at.scope }, child, &trail);
            }
        }
    }
}
