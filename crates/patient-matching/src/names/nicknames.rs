//! Short forms of first names. Made by us, small on purpose: common names in England, no attempt at all of them.

/// Each line is one name with its forms, folded. A form may be in several lines.
static FORMS: &[&[&str]] = &[
    &["abdul", "abdullah"],
    &["alexander", "alex", "sandy", "alec"],
    &["alexandra", "alex", "sandra", "lexi"],
    &["alfred", "alf", "alfie", "fred"],
    &["alison", "ali"],
    &["andrew", "andy", "drew"],
    &["anne", "ann", "anna", "annie"],
    &["anthony", "antony", "tony"],
    &["barbara", "barb", "babs"],
    &["benjamin", "ben", "benny"],
    &["bridget", "bridie", "biddy"],
    &["caroline", "carol", "carrie"],
    &[
        "catherine",
        "katherine",
        "kathryn",
        "kathleen",
        "cath",
        "kath",
        "kathy",
        "cathy",
        "kate",
        "katie",
        "kat",
    ],
    &["charles", "charlie", "chas"],
    &["christine", "christina", "chris", "chrissie", "tina"],
    &["christopher", "chris", "kit"],
    &["daniel", "dan", "danny"],
    &["david", "dave", "davey"],
    &["deborah", "debra", "deb", "debbie"],
    &["donald", "don"],
    &["dorothy", "dot", "dottie", "dolly"],
    &["edward", "ed", "eddie", "ted", "teddy", "ned"],
    &["elizabeth", "elisabeth", "liz", "lizzie", "beth", "betty", "bess", "eliza", "libby", "lisa"],
    &["emily", "em", "emmie"],
    &["florence", "flo", "florrie"],
    &["frances", "fran", "frankie"],
    &["francis", "frank", "frankie"],
    &["frederick", "fred", "freddie"],
    &["geoffrey", "jeffrey", "geoff", "jeff"],
    &["george", "georgie"],
    &["gerald", "gerard", "gerry", "jerry"],
    &["gillian", "gill", "jill"],
    &["graham", "graeme"],
    &["harold", "harry"],
    &["henry", "harry", "hal"],
    &["isabel", "isabella", "izzy", "bella"],
    &["jacqueline", "jackie"],
    &["james", "jim", "jimmy", "jamie"],
    &["jane", "janie", "jenny"],
    &["jennifer", "jen", "jenny"],
    &["jessica", "jess", "jessie"],
    &["joanne", "joanna", "jo"],
    &["john", "jack", "johnny"],
    &["jonathan", "jon", "jonny"],
    &["joseph", "joe", "joey"],
    &["josephine", "jo", "josie"],
    &["joshua", "josh"],
    &["judith", "judy", "jude"],
    &["kenneth", "ken", "kenny"],
    &["lawrence", "laurence", "larry", "laurie"],
    &["leonard", "len", "lenny"],
    &["lesley", "leslie", "les"],
    &["madeleine", "maddie"],
    &["margaret", "maggie", "meg", "peggy", "peg", "marge", "rita", "daisy"],
    &["martin", "marty"],
    &["mary", "molly", "polly", "may"],
    &["matthew", "matt", "matty"],
    &["maureen", "mo"],
    &["michael", "mick", "mike", "mickey", "micky"],
    &["mohammed", "mohammad", "muhammad", "mohamed", "muhammed", "mohamad", "mo"],
    &["nicholas", "nick", "nicky"],
    &["nicola", "nicky", "nikki"],
    &["oliver", "ollie", "olly"],
    &["olivia", "liv", "livvy", "ollie"],
    &["pamela", "pam"],
    &["patricia", "pat", "patsy", "trish", "tricia", "paddy"],
    &["patrick", "pat", "paddy", "padraig"],
    &["peter", "pete"],
    &["philip", "phillip", "phil", "pip"],
    &["rebecca", "becky", "becca", "bex"],
    &["richard", "rick", "ricky", "dick", "rich"],
    &["robert", "rob", "robbie", "bob", "bobby", "bert"],
    &["ronald", "ron", "ronnie"],
    &["samantha", "sam", "sammy"],
    &["samuel", "sam", "sammy"],
    &["sarah", "sara", "sally", "sal"],
    &["sean", "shaun", "shawn"],
    &["sophie", "sophia", "sofia", "soph"],
    &["stanley", "stan"],
    &["stephen", "steven", "steve", "stevie"],
    &["susan", "suzanne", "susannah", "sue", "susie", "suzie"],
    &["terence", "terry"],
    &["theresa", "teresa", "terry", "tess"],
    &["thomas", "tom", "tommy"],
    &["timothy", "tim"],
    &["victoria", "vicky", "vicki", "tori"],
    &["vincent", "vince", "vinny"],
    &["walter", "wally", "walt"],
    &["william", "will", "bill", "billy", "willy", "liam"],
    &["yousef", "yusuf", "youssef", "joseph"],
    &["zachary", "zac", "zack", "zach"],
];

/// Whether one name is a form of the other, both folded.
pub(crate) fn are_forms(a: &str, b: &str) -> bool {
    FORMS.iter().any(|forms| forms.contains(&a) && forms.contains(&b))
}

/// The other forms of a folded name.
pub(crate) fn forms(name: &str) -> Vec<&'static str> {
    let lines = FORMS.iter().filter(|forms| forms.contains(&name));
    let mut all: Vec<&str> =
        lines.flat_map(|forms| forms.iter().copied()).filter(|form| *form != name).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_go_both_ways() {
        assert!(are_forms("bob", "robert") && are_forms("robert", "bob"));
        assert!(!are_forms("bob", "william"));
        assert_eq!(forms("chris"), ["chrissie", "christina", "christine", "christopher", "kit", "tina"]);
        assert!(FORMS.iter().flat_map(|line| line.iter()).all(|form| crate::text::folded(form) == **form));
    }
}
