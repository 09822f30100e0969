// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admissions} from "./works/Admissions.sol";
import {Credits} from "./works/Credits.sol";
import {Editions} from "./works/Editions.sol";
import {Market} from "./works/Market.sol";
import {Royalties} from "./works/Royalties.sol";

/// @title Works
/// @notice The ledger of works. Its parts: {Catalogue} and {Admissions} (what a work is, who may serve it),
/// {Editions} (who holds it), {Market} (sales), {Royalties} (payments for chats), {Credits} (what is owed).
/// @dev Nothing in it can be upgraded, paused or changed by an owner; it has none.
contract Works is Market, Royalties {
    /// @param money ERC-20 with EIP-3009 in which everything is paid.
    /// @param operators The registry of operators.
    /// @param treasury Account that is credited with the protocol's fee.
    /// @param protocolFeeBps The protocol's share of every payment.
    /// @param metadataBase Origin that serves metadata, without a trailing slash.
    /// @param accountCodeHashes Code of smart accounts that may hold editions.
    constructor(
        address money,
        address operators,
        address treasury,
        uint16 protocolFeeBps,
        string memory metadataBase,
        bytes32[] memory accountCodeHashes
    )
        Admissions(operators)
        Editions(metadataBase, accountCodeHashes)
        Credits(money, treasury, protocolFeeBps)
    {}
}
