// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authorization, Listing, Offer, Permit} from "../Types.sol";
import {IOrders} from "./IOrders.sol";

/// @title IMarket
/// @notice The primary sale, and resale by signed listings and signed offers. Royalty and fee are taken from every sale; a
/// seller is paid at once, or credited if the money refuses.
/// Sums are in atomic units of the money. Shares of a resale are rounded down for each edition, and the rest is the seller's.
/// @dev Every sale reverts, with nothing moved, if the work is unknown (`Works_UnknownWork`), the quantity is zero or more
/// than is left or held (`Works_ZeroQuantity`, `Works_SoldOut`, `Works_OrderFilled`, `Works_NotEnoughEditions`), the recipient
/// may not hold editions (`Works_ZeroRecipient`, `Works_RecipientIsContract`), or the money refuses to come in. Every order
/// besides, if it is expired or too far ahead, of another counter, used, cancelled or badly signed ({IOrders}), or brings a
/// seller less than it asked for (`Works_ProceedsTooLow`).
/// For the safety of funds: the money takes exactly what it says, and has neither a fee nor hooks. For liveness only: it does
/// not block this contract.
/// Three ways to pay. By allowance; by an EIP-2612 permit of the caller for exactly the cost; by an EIP-3009
/// authorization for exactly the cost, which needs neither allowance nor gas of the buyer: anyone may send the
/// transaction, but the authorization's nonce commits to what is bought and for whom, so nobody can change or replay it.
interface IMarket is IOrders {
    /// @notice Editions were minted in the primary sale.
    event Minted(
        uint256 indexed workId,
        address indexed recipient,
        uint256 quantity,
        uint256 costAtomic,
        uint256 feeAtomic
    );

    /// @notice A listing was bought, whole or in part. `nonce` is the seller's; `costAtomic` is for all editions.
    event Sold(
        uint256 indexed workId,
        address indexed seller,
        address indexed recipient,
        uint256 quantity,
        uint256 costAtomic,
        uint256 royaltyAtomic,
        uint256 feeAtomic,
        uint256 nonce
    );

    /// @notice An offer was accepted, whole or in part. `nonce` is the buyer's; `costAtomic` is for all editions.
    event OfferAccepted(
        uint256 indexed workId,
        address indexed seller,
        address indexed buyer,
        uint256 quantity,
        uint256 costAtomic,
        uint256 royaltyAtomic,
        uint256 feeAtomic,
        uint256 nonce
    );

    /// @notice Type hash that opens the preimage of a mint authorization's nonce; see {mintNonce}.
    function MINT_TYPEHASH() external view returns (bytes32);

    /// @notice Type hash that opens the preimage of a purchase authorization's nonce; see {purchaseNonce}.
    function PURCHASE_TYPEHASH() external view returns (bytes32);

    /// @notice Mints editions to `recipient`, paid by the caller's allowance.
    /// @param maxCostAtomic The most that the caller will pay for all of them.
    function mint(uint256 workId, uint256 quantity, address recipient, uint256 maxCostAtomic) external;

    /// @notice Mints editions to `recipient`, paid by the caller's permit.
    function mintWithPermit(
        uint256 workId,
        uint256 quantity,
        address recipient,
        uint256 maxCostAtomic,
        Permit calldata permit
    ) external;

    /// @notice Mints editions to `recipient`, paid by anyone's authorization.
    /// @param salt Distinguishes several mints alike; part of {mintNonce}.
    function mintWithAuthorization(
        uint256 workId,
        uint256 quantity,
        address recipient,
        bytes32 salt,
        Authorization calldata authorization
    ) external;

    /// @notice Buys `quantity` editions of a listing for `recipient`, paid by the caller's allowance. The cost is in
    /// the call itself: `quantity` times the listing's price.
    /// @param signature The seller's: 64 or 65 bytes of ECDSA, or whatever a smart account's ERC-1271 check accepts.
    function buy(Listing calldata listing, address recipient, uint256 quantity, bytes calldata signature)
        external;

    /// @notice The same, paid by the caller's permit.
    function buyWithPermit(
        Listing calldata listing,
        address recipient,
        uint256 quantity,
        bytes calldata signature,
        Permit calldata permit
    ) external;

    /// @notice The same, paid by anyone's authorization.
    /// @param salt Distinguishes several purchases alike; part of {purchaseNonce}.
    function buyWithAuthorization(
        Listing calldata listing,
        address recipient,
        uint256 quantity,
        bytes calldata signature,
        Authorization calldata authorization,
        bytes32 salt
    ) external;

    /// @notice Sells `quantity` of the caller's editions to the maker of an offer, paid by the buyer's allowance.
    /// @param signature The buyer's, as a seller's in {buy}.
    /// @param minProceedsAtomic The least that the caller will receive for one edition.
    function acceptOffer(
        Offer calldata offer,
        bytes calldata signature,
        uint256 quantity,
        uint256 minProceedsAtomic
    ) external;

    /// @notice Sells a whole offer's editions to its maker, paid by the buyer's authorization, whose nonce is the
    /// offer's digest: that one signature is both offer and payment.
    function acceptOfferWithAuthorization(
        Offer calldata offer,
        uint256 minProceedsAtomic,
        Authorization calldata authorization
    ) external;

    /// @notice EIP-3009 nonce that a mint authorization must carry.
    function mintNonce(uint256 workId, uint256 quantity, address recipient, bytes32 salt)
        external
        pure
        returns (bytes32);

    /// @notice EIP-3009 nonce that a purchase authorization must carry.
    function purchaseNonce(bytes32 digest, uint256 quantity, address recipient, bytes32 salt)
        external
        pure
        returns (bytes32);
}
