// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Catalogue} from "./works/Catalogue.sol";
import {Credits} from "./works/Credits.sol";
import {Editions} from "./works/Editions.sol";
import {Market} from "./works/Market.sol";
import {Royalties} from "./works/Royalties.sol";

/// @title Works
/// @notice The ledger of works. Its parts: {Catalogue} and {Parents} (what a work is and derives from), {Editions} (who
/// holds it), {Orders}, {Payments} and {Market} (sales), {Royalties} (payments for chats), {Credits} (what is owed).
/// @dev Nothing in it can be upgraded or paused, and it has no owner. What {Policy} decides reaches it as a fee below
/// its own cap, and as the answer to which marketplaces may move editions.
contract Works is Market, Royalties {
    /// @param money ERC-20 with EIP-2612 and EIP-3009 in which everything is paid.
    /// @param operators The registry of operators.
    /// @param treasury Account that is credited with the protocol's fee.
    /// @param policy Announces the fee, lists marketplaces and account code.
    /// @param metadataBase Origin that serves metadata, without a trailing slash.
    constructor(
        address money,
        address operators,
        address treasury,
        address policy,
        string memory metadataBase
    ) Catalogue(operators) Credits(money, treasury, policy) Editions(metadataBase) {}
}
