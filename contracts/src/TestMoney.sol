// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/tokens/ERC20.sol";

import {Errors} from "./Errors.sol";
import {Signatures} from "./Signatures.sol";

/// @title TestMoney
/// @notice A dollar for development chains, in USDC's shape: six decimals, EIP-2612 permits, EIP-3009 authorizations.
/// Anyone may mint it, so it is worth nothing.
contract TestMoney is ERC20 {
    /// @notice An authorization was used.
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    /// @notice An authorization was cancelled before use.
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    bytes32 public constant TRANSFER_WITH_AUTHORIZATION_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 public constant RECEIVE_WITH_AUTHORIZATION_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 public constant CANCEL_AUTHORIZATION_TYPEHASH =
        keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    /// @notice Whether an account's authorization with this nonce was used or cancelled.
    mapping(address authorizer => mapping(bytes32 nonce => bool)) public authorizationState;

    // ------------------------------------------------------------------ ERC-20

    function name() public pure override returns (string memory) {
        return "Test Dollar";
    }

    function symbol() public pure override returns (string memory) {
        return "TUSD";
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice EIP-712 version.
    function version() external pure returns (string memory) {
        return "1";
    }

    /// @notice Gives anyone any amount.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    // ------------------------------------------------------------------ EIP-3009

    /// @notice Moves money by its owner's signature; anyone may send it.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        bytes32 digest = _digest(
            TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce
        );
        _checkSignature(from, digest, signature);
        _use(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @notice As above, with the signature in three parts.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 digest = _digest(
            TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce
        );
        _checkSignature(from, digest, v, r, s);
        _use(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @notice Moves money by its owner's signature; only the payee may send it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        if (msg.sender != to) revert Errors.TestMoney_NotPayee(msg.sender, to);
        bytes32 digest =
            _digest(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce);
        _checkSignature(from, digest, signature);
        _use(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @notice As above, with the signature in three parts.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (msg.sender != to) revert Errors.TestMoney_NotPayee(msg.sender, to);
        bytes32 digest =
            _digest(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce);
        _checkSignature(from, digest, v, r, s);
        _use(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @notice Makes an authorization void before it is used.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external {
        _checkSignature(authorizer, _cancelDigest(authorizer, nonce), signature);
        _void(authorizer, nonce);
    }

    /// @notice As above, with the signature in three parts.
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external {
        _checkSignature(authorizer, _cancelDigest(authorizer, nonce), v, r, s);
        _void(authorizer, nonce);
    }

    // ------------------------------------------------------------------ internal

    function _digest(
        bytes32 typeHash,
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) private view returns (bytes32) {
        return _typed(keccak256(abi.encode(typeHash, from, to, value, validAfter, validBefore, nonce)));
    }

    function _cancelDigest(address authorizer, bytes32 nonce) private view returns (bytes32) {
        return _typed(keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)));
    }

    function _typed(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
    }

    function _use(address from, bytes32 nonce, uint256 validAfter, uint256 validBefore) private {
        if (block.timestamp <= validAfter) {
            revert Errors.TestMoney_NotYetValid(validAfter, block.timestamp);
        }
        if (block.timestamp >= validBefore) revert Errors.TestMoney_Expired(validBefore, block.timestamp);
        _spend(from, nonce);
        emit AuthorizationUsed(from, nonce);
    }

    function _void(address authorizer, bytes32 nonce) private {
        _spend(authorizer, nonce);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    function _spend(address authorizer, bytes32 nonce) private {
        mapping(bytes32 nonce => bool) storage used = authorizationState[authorizer];
        if (used[nonce]) revert Errors.TestMoney_AuthorizationUsed(authorizer, nonce);
        used[nonce] = true;
    }

    function _checkSignature(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!Signatures.isSignedBy(signer, digest, signature)) revert Errors.TestMoney_BadSignature(signer);
    }

    function _checkSignature(address signer, bytes32 digest, uint8 v, bytes32 r, bytes32 s) private view {
        if (!Signatures.isSignedByMemory(signer, digest, abi.encodePacked(r, s, v))) {
            revert Errors.TestMoney_BadSignature(signer);
        }
    }

    function _constantNameHash() internal pure override returns (bytes32) {
        return keccak256("Test Dollar");
    }

    /// @dev Off: USDC gives Permit2 nothing.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
