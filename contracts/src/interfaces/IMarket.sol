// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authorization, Listing} from "../Types.sol";

/// @title IMarket
/// @notice The primary sale, and resale by signed listings. Royalty and fee are taken from every sale; a seller is
/// paid at once, or credited if the money refuses.
/// @dev By EIP-3009 a buyer needs neither allowance nor gas: anyone may send the transaction, but the authorization's
/// nonce commits to what is bought and editions go to the payer alone.
interface IMarket {
    /// @notice Editions were minted in the primary sale.
    event Minted(uint256 indexed workId, address indexed recipient, uint256 quantity, uint256 costAtomic);

    /// @notice A listing was bought.
    event Sold(
        uint256 indexed workId,
        address indexed seller,
        address indexed recipient,
        uint256 quantity,
        uint256 priceAtomic,
        uint256 royaltyAtomic,
        uint256 feeAtomic,
        uint256 nonce
    );

    /// @notice A seller cancelled the nonces of `mask` in the word `wordIndex` (nonce = wordIndex * 256 + bit).
    event ListingsCancelled(address indexed seller, uint256 wordIndex, uint256 mask);

    /// @notice The furthest ahead that a listing may expire.
    function MAX_LISTING_SECONDS() external view returns (uint256);

    /// @notice EIP-712 type hash of a listing.
    function LISTING_TYPEHASH() external view returns (bytes32);

    /// @notice Type hash that opens the preimage of a mint authorization's nonce; see {mintNonce}.
    function MINT_TYPEHASH() external view returns (bytes32);

    /// @notice Mints editions to `recipient`, paid by the caller's allowance.
    /// @param maxCostAtomic The most that the caller will pay.
    function mint(uint256 workId, uint256 quantity, address recipient, uint256 maxCostAtomic) external;

    /// @notice Mints editions to the payer, paid by authorization of exactly their price.
    /// @param salt Distinguishes several mints of the same quantity; part of {mintNonce}.
    function mintWithAuthorization(
        uint256 workId,
        uint256 quantity,
        bytes32 salt,
        Authorization calldata authorization
    ) external;

    /// @notice Buys a listing for `recipient`, paid by the caller's allowance.
    /// @param signature The seller's: 64 or 65 bytes of ECDSA, or whatever a smart account's ERC-1271 check accepts.
    /// @param maxCostAtomic The most that the caller will pay.
    function buy(Listing calldata listing, bytes calldata signature, address recipient, uint256 maxCostAtomic)
        external;

    /// @notice Buys a listing for the payer, paid by an authorization of exactly its price, whose nonce is the
    /// listing's digest.
    function buyWithAuthorization(
        Listing calldata listing,
        bytes calldata signature,
        Authorization calldata authorization
    ) external;

    /// @notice Cancels the caller's listing with this nonce. A cancelled nonce can be cancelled again, without effect.
    function cancel(uint256 nonce) external;

    /// @notice Cancels every listing of the caller whose nonce is in `mask` of the word `wordIndex`.
    function cancelMany(uint256 wordIndex, uint256 mask) external;

    /// @notice Nonces of a seller that are used or cancelled, 256 to a word.
    function nonceWord(address seller, uint256 wordIndex) external view returns (uint256);

    /// @notice EIP-712 digest of a listing: what its seller signs.
    function listingDigest(Listing calldata listing) external view returns (bytes32);

    /// @notice EIP-3009 nonce that a mint authorization must carry.
    function mintNonce(uint256 workId, uint256 quantity, bytes32 salt) external pure returns (bytes32);
}
