//! Parameters that are extracted but cannot be asked for yet, since resources stored earlier still lack their keys.

use super::plan::Plan;
use super::{Parameter, Parameters, Unsupported};

impl Parameters {
    /// A table for searches that refuses the parameters for which `reason` gives one. Nothing can be extracted with it from
    /// the types that have such parameters.
    #[must_use]
    pub fn withhold(mut self, reason: impl Fn(&Parameter) -> Option<String>) -> Self {
        for (resource_type, parameters) in &mut self.types {
            let reasons: Vec<Option<String>> = parameters.supported.iter().map(&reason).collect();
            if reasons.iter().all(Option::is_none) {
                continue;
            }
            let supported = std::mem::take(&mut parameters.supported);
            for (parameter, reason) in supported.into_iter().zip(reasons) {
                self.places.remove(&parameter.id);
                let Some(reason) = reason else {
                    let place = (resource_type.clone(), parameters.supported.len());
                    self.places.insert(parameter.id, place);
                    parameters.supported.push(parameter);
                    continue;
                };
                let Parameter { resource_type, code, .. } = parameter;
                parameters.unsupported.push(Unsupported { resource_type, code, reason });
            }
            // It names parameters by their positions, which have changed.
            parameters.plan = Plan::default();
        }
        self
    }
}
