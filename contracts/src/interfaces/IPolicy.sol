// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IOwned} from "./IOwned.sol";

/// @title IPolicy
/// @notice What an owner may decide about the market, each after an announcement of {NOTICE_SECONDS}: the protocol's fee,
/// below a cap, and which other marketplaces may move editions at their holders' wish. Besides, which accounts may hold
/// editions, fixed at construction.
/// @dev The owner touches nothing else: no edition, listing, credit, bond or channel. Also the transfer validator that
/// ERC-721C and ERC-1155C marketplaces ask before they offer a sale.
interface IPolicy is IOwned {
    /// @notice A fee was announced; it holds from `effectiveAtSeconds`.
    event FeeAnnounced(uint16 feeBps, uint64 effectiveAtSeconds);

    /// @notice An announcement was taken back before it held.
    event FeeWithdrawn(uint16 feeBps);

    /// @notice A marketplace was announced; it may move editions from `effectiveAtSeconds`, while its code is this code.
    event MarketplaceAnnounced(address indexed marketplace, bytes32 codeHash, uint64 effectiveAtSeconds);

    /// @notice A marketplace stops being listed at `effectiveAtSeconds`.
    event MarketplaceRemoved(address indexed marketplace, uint64 effectiveAtSeconds);

    /// @notice How long everything is announced before it holds.
    function NOTICE_SECONDS() external view returns (uint64);

    /// @notice The most that {protocolFeeBps} can be.
    function MAX_PROTOCOL_FEE_BPS() external view returns (uint16);

    /// @notice The protocol's share of every payment that holds now.
    function protocolFeeBps() external view returns (uint16);

    /// @notice The latest announced fee and since when it holds or will hold.
    function announcedFee() external view returns (uint16 feeBps, uint64 effectiveAtSeconds);

    /// @notice Announces a fee. A second announcement before the first holds replaces it and waits anew.
    /// @dev Only the owner.
    function announceFee(uint16 feeBps) external;

    /// @notice Takes an announced fee back before it holds.
    /// @dev Only the owner.
    function withdrawFee() external;

    /// @notice Announces a marketplace whose code pays ERC-2981 royalties. Its code hash is pinned: code that can be
    /// changed behind the same hash, a proxy, must not be admitted.
    /// @dev Only the owner.
    function announceMarketplace(address marketplace) external;

    /// @notice Ends a marketplace's listing, after notice too: sales under way are not torn. One that does not hold yet is
    /// taken back at once.
    /// @dev Only the owner.
    function removeMarketplace(address marketplace) external;

    /// @notice Whether an account is a listed marketplace now, with the code that was announced.
    function isMarketplace(address account) external view returns (bool);

    /// @notice What is known of a marketplace; the hash is zero if it was never announced.
    /// @param untilSeconds The largest value while listed without end.
    function marketplace(address account)
        external
        view
        returns (bytes32 codeHash, uint64 sinceSeconds, uint64 untilSeconds);

    /// @notice Whether contracts with this code hash may hold editions. The list is fixed at construction.
    function isAccountCode(bytes32 codeHash) external view returns (bool);

    /// @notice Whether an account may hold editions: it has no code, or is an EIP-7702 account, or its code is listed.
    function mayHold(address account) external view returns (bool);

    /// @notice ERC-721C/1155C: reverts if the ledger would refuse that `caller` moves editions of `from` to `to`.
    function validateTransfer(address caller, address from, address to, uint256 workId, uint256 quantity)
        external
        view;

    /// @notice The same for a single token, as ERC-721C's marketplaces ask.
    function validateTransfer(address caller, address from, address to, uint256 workId) external view;
}
