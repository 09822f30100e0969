// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What sales and royalties of a work read and write, and nothing else, in one word, so that a trade pays for
/// one. From the lowest bit: editions minted (32), edition cap (32), price of one edition (48); resale royalty (12),
/// usage royalty (13) and protocol's fee (9) in bps; what the work has earned for its creator (56) and for the treasury
/// (48) and {ICredits-gather} has not credited yet; and the number of its parents (3).
type Till is uint256;

using Tills for Till global;

/// @title Tills
/// @notice Reads and writes the parts of a till.
/// @dev By shifts and not as a struct: the compiler's own packing costs a trade a thousand gas. {make} is given numbers
/// that its caller has bounded.
library Tills {
    uint256 private constant CAP_AT = 32;
    uint256 private constant PRICE_AT = 64;
    uint256 private constant RESALE_AT = 112;
    uint256 private constant USAGE_AT = 124;
    uint256 private constant FEE_AT = 137;
    uint256 private constant CREATOR_AT = 146;
    uint256 private constant TREASURY_AT = 202;
    uint256 private constant PARENTS_AT = 250;
    uint256 private constant RESALE_MASK = 0xfff;
    uint256 private constant USAGE_MASK = 0x1fff;
    uint256 private constant FEE_MASK = 0x1ff;
    /// @dev Everything but the two accruals.
    uint256 private constant SETTLED = ~(uint256(type(uint104).max) << CREATOR_AT);

    function make(
        uint32 cap,
        uint48 priceAtomic_,
        uint16 resaleRoyaltyBps_,
        uint16 usageRoyaltyBps_,
        uint16 feeBps_,
        uint256 parentCount_
    ) internal pure returns (Till) {
        return Till.wrap(
            uint256(cap) << CAP_AT | uint256(priceAtomic_) << PRICE_AT | uint256(resaleRoyaltyBps_)
                << RESALE_AT | uint256(usageRoyaltyBps_) << USAGE_AT | uint256(feeBps_) << FEE_AT
                | parentCount_ << PARENTS_AT
        );
    }

    function minted(Till till) internal pure returns (uint256) {
        return uint32(Till.unwrap(till));
    }

    /// @dev Zero in a till that was never made.
    function editionCap(Till till) internal pure returns (uint256) {
        return uint32(Till.unwrap(till) >> CAP_AT);
    }

    function priceAtomic(Till till) internal pure returns (uint256) {
        return uint48(Till.unwrap(till) >> PRICE_AT);
    }

    function resaleRoyaltyBps(Till till) internal pure returns (uint256) {
        return Till.unwrap(till) >> RESALE_AT & RESALE_MASK;
    }

    function usageRoyaltyBps(Till till) internal pure returns (uint256) {
        return Till.unwrap(till) >> USAGE_AT & USAGE_MASK;
    }

    function feeBps(Till till) internal pure returns (uint256) {
        return Till.unwrap(till) >> FEE_AT & FEE_MASK;
    }

    function creatorAtomic(Till till) internal pure returns (uint256) {
        return uint56(Till.unwrap(till) >> CREATOR_AT);
    }

    function treasuryAtomic(Till till) internal pure returns (uint256) {
        return uint48(Till.unwrap(till) >> TREASURY_AT);
    }

    function parentCount(Till till) internal pure returns (uint256) {
        return Till.unwrap(till) >> PARENTS_AT;
    }

    function withFee(Till till, uint16 feeBps_) internal pure returns (Till) {
        return Till.wrap(Till.unwrap(till) & ~(FEE_MASK << FEE_AT) | uint256(feeBps_) << FEE_AT);
    }

    /// @dev The caller has checked that so many are left.
    function withMinted(Till till, uint256 quantity) internal pure returns (Till) {
        unchecked {
            return Till.wrap(Till.unwrap(till) + quantity);
        }
    }

    /// @dev Whether both accruals have room for more.
    function fits(Till till, uint256 creator, uint256 treasury) internal pure returns (bool) {
        return creator <= type(uint56).max - till.creatorAtomic()
            && treasury <= type(uint48).max - till.treasuryAtomic();
    }

    /// @dev The caller has checked that it {fits}.
    function withAccrued(Till till, uint256 creator, uint256 treasury) internal pure returns (Till) {
        unchecked {
            return Till.wrap(Till.unwrap(till) + (creator << CREATOR_AT) + (treasury << TREASURY_AT));
        }
    }

    /// @dev The till with nothing accrued.
    function settled(Till till) internal pure returns (Till) {
        return Till.wrap(Till.unwrap(till) & SETTLED);
    }
}
