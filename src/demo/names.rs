//! Names by the part of the world they come from; combined at random, so any likeness is chance.

/// Names common among families of one background.
pub(super) struct NamePool {
    pub(super) female: [&'static str; 12],
    pub(super) male: [&'static str; 12],
    pub(super) family: [&'static str; 12],
}

/// A mailbox below `example.org`, which never delivers anything.
pub(super) fn mail_address(given: &str, family: &str, subdomain: &str) -> String {
    let part =
        |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    format!("{}.{}@{subdomain}.example.org", part(given), part(family))
}

pub(super) static BRITISH: NamePool = NamePool {
    female: [
        "Olivia", "Margaret", "Chloe", "Susan", "Emily", "Patricia", "Jessica", "Karen", "Lucy", "Hannah",
        "Doreen", "Sophie",
    ],
    male: [
        "Oliver", "Peter", "Jack", "Alan", "Thomas", "Stephen", "Daniel", "Kenneth", "Harry", "Luke",
        "Graham", "Matthew",
    ],
    family: [
        "Smith", "Taylor", "Brown", "Wilson", "Harper", "Clarke", "Turner", "Bennett", "Marsh", "Fletcher",
        "Dawson", "Holloway",
    ],
};

pub(super) static IRISH: NamePool = NamePool {
    female: [
        "Niamh", "Bridget", "Aoife", "Maureen", "Siobhan", "Orla", "Kathleen", "Ciara", "Deirdre", "Roisin",
        "Una", "Sinead",
    ],
    male: [
        "Liam", "Patrick", "Conor", "Declan", "Sean", "Eamon", "Cathal", "Brendan", "Ronan", "Fergus",
        "Niall", "Cormac",
    ],
    family: [
        "Murphy",
        "Kelly",
        "Byrne",
        "Gallagher",
        "Doyle",
        "Kavanagh",
        "Nolan",
        "Brennan",
        "Healy",
        "Keane",
        "Tierney",
        "O'Rourke",
    ],
};

pub(super) static EUROPEAN: NamePool = NamePool {
    female: [
        "Agnieszka",
        "Ioana",
        "Francesca",
        "Marta",
        "Elena",
        "Sofia",
        "Katarzyna",
        "Ines",
        "Zofia",
        "Camille",
        "Andreea",
        "Lucia",
    ],
    male: [
        "Piotr",
        "Andrei",
        "Marco",
        "Joao",
        "Mateusz",
        "Luca",
        "Tomasz",
        "Pedro",
        "Mihai",
        "Antoine",
        "Krzysztof",
        "Stefan",
    ],
    family: [
        "Kowalski",
        "Popescu",
        "Rossi",
        "Silva",
        "Nowak",
        "Ferreira",
        "Ionescu",
        "Lewandowski",
        "Moreau",
        "Romano",
        "Wojcik",
        "Costa",
    ],
};

pub(super) static INDIAN: NamePool = NamePool {
    female: [
        "Priya", "Kavita", "Harpreet", "Anjali", "Meera", "Jasleen", "Nisha", "Hansa", "Pooja", "Gurpreet",
        "Rekha", "Diya",
    ],
    male: [
        "Rahul", "Harjit", "Nikhil", "Sanjay", "Arjun", "Jaspal", "Vikram", "Kirit", "Rohan", "Manjit",
        "Dilip", "Dev",
    ],
    family: [
        "Patel", "Singh", "Shah", "Sharma", "Kaur", "Mehta", "Gill", "Desai", "Nair", "Dhillon", "Joshi",
        "Parmar",
    ],
};

pub(super) static SOUTH_ASIAN: NamePool = NamePool {
    female: [
        "Ayesha", "Fatima", "Nadia", "Rukhsana", "Zara", "Shazia", "Tharani", "Nasreen", "Sumaiya",
        "Farzana", "Dilini", "Mariam",
    ],
    male: [
        "Imran", "Bilal", "Rashid", "Kamal", "Yusuf", "Tariq", "Suren", "Shahid", "Nuwan", "Faisal", "Jamal",
        "Zain",
    ],
    family: [
        "Khan",
        "Ahmed",
        "Hussain",
        "Malik",
        "Begum",
        "Rahman",
        "Chowdhury",
        "Siddiqui",
        "Perera",
        "Iqbal",
        "Uddin",
        "Selvan",
    ],
};

pub(super) static AFRICAN: NamePool = NamePool {
    female: [
        "Amina", "Ngozi", "Hodan", "Abena", "Folake", "Selam", "Ifrah", "Adaeze", "Akosua", "Zainab",
        "Nimco", "Tigist",
    ],
    male: [
        "Abdi", "Chinedu", "Kwame", "Tunde", "Yonas", "Mohamud", "Emeka", "Kofi", "Segun", "Samuel", "Liban",
        "Dawit",
    ],
    family: [
        "Mohamed", "Okafor", "Mensah", "Adeyemi", "Tesfaye", "Hassan", "Osei", "Warsame", "Balogun",
        "Boateng", "Eze", "Farah",
    ],
};

pub(super) static CARIBBEAN: NamePool = NamePool {
    female: [
        "Marcia",
        "Shanice",
        "Beverley",
        "Tanisha",
        "Yvonne",
        "Jade",
        "Sonia",
        "Chantelle",
        "Paulette",
        "Renee",
        "Keisha",
        "Naomi",
    ],
    male: [
        "Winston", "Jermaine", "Leroy", "Marlon", "Tyrone", "Curtis", "Delroy", "Andre", "Trevor", "Kieron",
        "Clive", "Malachi",
    ],
    family: [
        "Campbell", "Grant", "Francis", "Gordon", "Morgan", "Reid", "Pinnock", "Bailey", "Lewis", "Blake",
        "Henry", "Joseph",
    ],
};

pub(super) static CHINESE: NamePool = NamePool {
    female: ["Mei", "Xiu", "Ling", "Yan", "Jing", "Hui", "Wai", "Li Na", "Siu Fong", "Ying", "Xin", "Yuk"],
    male: ["Wei", "Jun", "Ming", "Hao", "Kai", "Chun", "Lok", "Feng", "Tao", "Ho Yin", "Bo", "Jian"],
    family: ["Chen", "Wong", "Li", "Zhang", "Chan", "Liu", "Cheung", "Yang", "Lam", "Zhou", "Leung", "Xu"],
};

pub(super) static MIDDLE_EASTERN: NamePool = NamePool {
    female: [
        "Leila", "Noor", "Shirin", "Rania", "Yasmin", "Samira", "Parisa", "Huda", "Dina", "Zahra", "Salma",
        "Rosa",
    ],
    male: [
        "Omar", "Reza", "Karim", "Hamid", "Ali", "Sami", "Kaveh", "Nabil", "Amir", "Walid", "Farhad",
        "Haidar",
    ],
    family: [
        "Haddad", "Rahimi", "Mansour", "Karimi", "Nasser", "Aziz", "Hosseini", "Saleh", "Khoury", "Jabari",
        "Sharif", "Barzani",
    ],
};
