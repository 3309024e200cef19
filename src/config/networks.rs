//! Networks by their addresses.

use std::net::IpAddr;

/// Networks as the setting `trusted-proxies` names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    /// The leading bits that count.
    bits: u8,
}

impl Networks {
    /// Parses a list such as `10.0.0.0/8,192.0.2.7,::1`.
    pub fn parse(text: &str) -> Option<Self> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(Network::parse).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether the address is in one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        // An IPv4 client of a socket for both is ::ffff:192.0.2.7.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { address, bits })
    }

    fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                leading(own.to_bits().into(), 32, self.bits) == leading(other.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                leading(own.to_bits(), 128, self.bits) == leading(other.to_bits(), 128, self.bits)
            }
            _ => false,
        }
    }
}

/// The leading bits of a number of `width` bits.
fn leading(number: u128, width: u8, bits: u8) -> u128 {
    number.checked_shr(u32::from(width - bits)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_bits_decide() {
        let networks = Networks::parse("10.0.0.0/8, 192.0.2.7, fd00::/8").unwrap();
        let contains = |address: &str| networks.contains(address.parse().unwrap());
        for inside in ["10.1.2.3", "192.0.2.7", "fd12::1", "::ffff:10.0.0.1"] {
            assert!(contains(inside), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "fe80::1", "::1"] {
            assert!(!contains(outside), "{outside}");
        }
        assert!(Networks::parse("0.0.0.0/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!(!Networks::default().contains("127.0.0.1".parse().unwrap()));
        for bad in ["10.0.0.0/33", "proxy.example.org", "10.0.0"] {
            assert_eq!(Networks::parse(bad), None, "{bad}");
        }
    }
}
