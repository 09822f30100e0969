// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {Signatures} from "../Signatures.sol";

/// @title Permit2
/// @notice The part of the well-known Permit2 that x402's deposits use, for chains that lack it: whoever once allowed
/// this contract a token pays in it by signature from then on, to whom and with what further promise (the witness) the
/// signature says.
/// @dev Domain and hashes are computed at each call, so that they are right wherever the code is put.
contract Permit2 {
    using SafeTransferLib for address;

    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    /// @param permitted The token, and the most of it that may be taken.
    /// @param nonce Any number that the owner has not used.
    /// @param deadline The last second at which the signature is good.
    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    /// @notice Nonces that an owner made void without using them: those whose bits are set in `mask`, of word `word`.
    event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256("Permit2");
    bytes32 private constant PERMISSIONS_TYPEHASH =
        keccak256("TokenPermissions(address token,uint256 amount)");
    /// @dev The signer's type goes on with whatever the caller names as its witness.
    string private constant TYPE_BEGINNING =
        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,";

    /// @notice The nonces that an owner used or made void, as bits: nonce `n` is bit `n % 256` of word `n / 256`.
    mapping(address owner => mapping(uint256 word => uint256)) public nonceBitmap;

    /// @notice Moves an owner's money by a signature that names the caller as its spender.
    /// @param witness Hash of the further struct that was signed.
    /// @param witnessTypeString The rest of the signed type, from the witness's own type and name on.
    function permitWitnessTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external {
        if (block.timestamp > permit.deadline) {
            revert Errors.Permit2_Expired(permit.deadline, block.timestamp);
        }
        uint256 amount = transferDetails.requestedAmount;
        if (amount > permit.permitted.amount) {
            revert Errors.Permit2_AmountTooHigh(amount, permit.permitted.amount);
        }
        _use(owner, permit.nonce);
        if (!Signatures.isSignedBy(owner, _digest(permit, witness, witnessTypeString), signature)) {
            revert Errors.Permit2_BadSignature(owner);
        }
        permit.permitted.token.safeTransferFrom(owner, transferDetails.to, amount);
    }

    /// @notice Makes the caller's nonces void: those of word `word` whose bits are set in `mask`.
    function invalidateUnorderedNonces(uint256 word, uint256 mask) external {
        nonceBitmap[msg.sender][word] |= mask;
        emit UnorderedNonceInvalidation(msg.sender, word, mask);
    }

    /// @notice EIP-712 domain separator; the domain has no version.
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, block.chainid, address(this)));
    }

    function _use(address owner, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 used = nonceBitmap[owner][nonce >> 8];
        if (used & bit != 0) revert Errors.Permit2_NonceUsed(owner, nonce);
        nonceBitmap[owner][nonce >> 8] = used | bit;
    }

    function _digest(PermitTransferFrom calldata permit, bytes32 witness, string calldata witnessTypeString)
        private
        view
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(abi.encodePacked(TYPE_BEGINNING, witnessTypeString));
        bytes32 permitted = keccak256(abi.encode(PERMISSIONS_TYPEHASH, permit.permitted));
        bytes32 structHash =
            keccak256(abi.encode(typeHash, permitted, msg.sender, permit.nonce, permit.deadline, witness));
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
    }
}
