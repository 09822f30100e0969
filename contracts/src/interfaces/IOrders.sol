// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Listing, Offer} from "../Types.sol";

/// @title IOrders
/// @notice What makers sign, and how they take it back. An order dies when it is filled, cancelled by its nonce or with
/// all others by the counter, or when it expires, at most {MAX_ORDER_SECONDS} ahead of its use.
interface IOrders {
    /// @notice A maker cancelled these nonces of its current counter.
    event OrdersCancelled(address indexed maker, uint256 counter, uint256[] nonces);

    /// @notice A maker cancelled all its orders; from now on it signs with this counter, and every nonce is fresh.
    event CounterRaised(address indexed maker, uint256 counter);

    /// @notice The furthest ahead that an order may expire.
    function MAX_ORDER_SECONDS() external view returns (uint256);

    /// @notice EIP-712 type hash of a listing.
    function LISTING_TYPEHASH() external view returns (bytes32);

    /// @notice EIP-712 type hash of an offer.
    function OFFER_TYPEHASH() external view returns (bytes32);

    /// @notice Cancels the caller's orders with these nonces. A cancelled nonce can be cancelled again, without effect.
    /// @dev Reverts if there are none.
    function cancel(uint256[] calldata nonces) external;

    /// @notice Cancels every order of the caller. The new counter cannot be known beforehand.
    function cancelAll() external returns (uint256 counter);

    /// @notice The counter that a maker's orders must carry.
    function counterOf(address maker) external view returns (uint256);

    /// @notice Whether an order with this nonce, under the maker's current counter, was filled or cancelled.
    function isNonceUsed(address maker, uint256 nonce) external view returns (bool);

    /// @notice How many editions of the order with this nonce are filled, where it was filled in parts. The nonce then
    /// belongs to that order alone.
    function filledOf(address maker, uint256 nonce) external view returns (uint256);

    /// @notice EIP-712 digest of a listing: what its seller signs.
    function listingDigest(Listing calldata listing) external view returns (bytes32);

    /// @notice EIP-712 digest of an offer: what its buyer signs, or the nonce of the authorization that pays it.
    function offerDigest(Offer calldata offer) external view returns (bytes32);
}
