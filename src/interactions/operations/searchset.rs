//! The searchset Bundle of an operation that finds resources, with the same signed links as a search.

use fhir_search::parse::Scope;
use fhir_search::query::Query;

use super::definition::Call;
use crate::interactions::links::{self, PAGE_PARAMETER};
use crate::interactions::search_bundle::{Page, SearchBundle};
use crate::interactions::{Error, Response, search};
use crate::store::SearchPage;

/// The address of an operation with its parameters, as its links repeat it.
pub(super) struct Link<'a> {
    call: &'a Call<'a>,
    path: String,
    /// The parameters, those of a body too, but for the page.
    pairs: Vec<(String, String)>,
    /// The page asked for.
    page: Option<String>,
}

impl<'a> Link<'a> {
    /// That of a call whose parameters are primitives.
    pub(super) fn of(call: &'a Call<'a>) -> Result<Self, Error> {
        let mut pairs = call.inputs.search(call.operation.parameters);
        for parameter in call.operation.parameters.iter().filter(|own| own.name != PAGE_PARAMETER) {
            let values = call.inputs.texts(parameter.name)?;
            pairs.extend(values.into_iter().map(|value| (parameter.name.to_owned(), value.to_owned())));
        }
        let page = call.inputs.text(PAGE_PARAMETER)?.map(str::to_owned);
        Ok(Self { call, path: call.request.path.join("/"), pairs, page })
    }

    /// Where the page asked for begins, as the link to it was told; `None` for the first page.
    pub(super) fn place(&self) -> Result<Option<Vec<u8>>, Error> {
        let open = |token: &String| links::open(self.call.context.store.secret(), &self.name(), token);
        self.page.as_ref().map(open).transpose()
    }

    /// What page tokens are signed for.
    fn name(&self) -> String {
        links::address("", &self.path, &self.pairs, None)
    }
}

/// A page link whose token is not one of the operation's.
pub(super) fn not_of_this() -> Error {
    Error::BadParameter("the page link does not belong to this operation; begin again without _page".into())
}

/// The Bundle of a page; `next` says where the next one begins.
pub(super) fn answer(link: &Link<'_>, next: Option<&[u8]>, result: &SearchPage) -> Result<Response, Error> {
    let context = link.call.context;
    let query = Query { applied: link.pairs.clone(), ..search::parse(context, Scope::System, &[], false)? };
    let next = next.map(|place| links::seal(context.store.secret(), &link.name(), place)).transpose()?;
    let bundle = SearchBundle {
        base: &link.call.request.base,
        path: &link.path,
        query: &query,
        links: [
            ("self", Some(link.page.clone().map_or(Page::First, Page::At))),
            ("first", Some(Page::First)),
            ("previous", None),
            ("next", next.map(Page::At)),
            ("last", None),
        ],
        result,
    };
    Ok(Response::resource(bundle.to_json()))
}
