//! A difference made small: fewer resources, fewer parameters, on a database of its own.

use std::sync::Arc;

use fhir_definitions::Registry;
use search_oracle::{Oracle, Request};
use serde_json::Value;

use crate::compare::{Verdict, compare};
use crate::stack::Stack;

/// The difference as text: the search, both answers, and the fewest resources that show it.
pub(crate) fn reproduction(
    registry: &Arc<Registry>,
    oracle: &Oracle,
    stack: &Stack,
    request: &Request,
    difference: &str,
) -> String {
    let resources: Vec<Value> = stack
        .population
        .resources
        .iter()
        .map(|resource| serde_json::from_str(resource.document.source()).unwrap())
        .collect();
    let mut small = Stack::new(registry, stack.database);
    for resource in &resources {
        small.put(resource).unwrap();
    }
    let (mut request, mut difference) = (request.clone(), difference.to_owned());
    let still = |stack: &Stack, request: &Request| match compare(oracle, stack, request) {
        Verdict::Differs(difference) => Some(difference),
        Verdict::OnlyServerRefuses(reason) => Some(reason),
        Verdict::Same(_) | Verdict::BothRefuse(_) => None,
    };
    if still(&small, &request).is_none() {
        return format!(
            "{}\n  {difference}\n  (not on a fresh database with the same resources)",
            written(&request)
        );
    }
    for at in (0..request.pairs.len()).rev() {
        let mut fewer = request.clone();
        fewer.pairs.remove(at);
        if let Some(found) = still(&small, &fewer) {
            (request, difference) = (fewer, found);
        }
    }
    for resource in &resources {
        let key = (
            resource["resourceType"].as_str().unwrap().to_owned(),
            resource["id"].as_str().unwrap().to_owned(),
        );
        small.delete(&key);
        match still(&small, &request) {
            Some(found) => difference = found,
            None => small.put(resource).unwrap(),
        }
    }
    let left: Vec<&str> =
        small.population.resources.iter().map(|resource| resource.document.source()).collect();
    format!("{}\n  {difference}\n  {}", written(&request), left.join("\n  "))
}

fn written(request: &Request) -> String {
    let path = request.scope.path();
    let pairs: Vec<String> = request.pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", pairs.join("&"))
}
