// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Accounts} from "./Accounts.sol";
import {Errors} from "./Errors.sol";
import {IPolicy} from "./interfaces/IPolicy.sol";
import {Owned} from "./Owned.sol";

/// @title Policy
/// @notice See {IPolicy}.
contract Policy is IPolicy, Owned {
    struct Marketplace {
        bytes32 codeHash;
        uint64 sinceSeconds;
        uint64 untilSeconds;
    }

    uint64 private constant FOR_EVER = type(uint64).max;

    /// @inheritdoc IPolicy
    uint64 public constant NOTICE_SECONDS = 48 hours;

    /// @inheritdoc IPolicy
    uint16 public constant MAX_PROTOCOL_FEE_BPS = 500;

    uint16 private _feeBps;
    uint16 private _announcedFeeBps;
    uint64 private _feeEffectiveAtSeconds;

    mapping(address account => Marketplace) private _marketplaces;

    /// @inheritdoc IPolicy
    mapping(bytes32 codeHash => bool) public isAccountCode;

    constructor(address owner_, uint16 feeBps, bytes32[] memory accountCodeHashes) Owned(owner_) {
        _checkFee(feeBps);
        (_feeBps, _announcedFeeBps) = (feeBps, feeBps);
        for (uint256 i; i < accountCodeHashes.length; ++i) {
            isAccountCode[accountCodeHashes[i]] = true;
        }
    }

    // ------------------------------------------------------------------ fee

    /// @inheritdoc IPolicy
    function announceFee(uint16 feeBps) external onlyOwner {
        _checkFee(feeBps);
        _feeBps = protocolFeeBps();
        _announcedFeeBps = feeBps;
        _feeEffectiveAtSeconds = uint64(block.timestamp) + NOTICE_SECONDS;
        emit FeeAnnounced(feeBps, _feeEffectiveAtSeconds);
    }

    /// @inheritdoc IPolicy
    function withdrawFee() external onlyOwner {
        if (block.timestamp >= _feeEffectiveAtSeconds) revert Errors.Policy_NothingAnnounced();
        emit FeeWithdrawn(_announcedFeeBps);
        (_announcedFeeBps, _feeEffectiveAtSeconds) = (_feeBps, 0);
    }

    /// @inheritdoc IPolicy
    function protocolFeeBps() public view returns (uint16) {
        return block.timestamp < _feeEffectiveAtSeconds ? _feeBps : _announcedFeeBps;
    }

    /// @inheritdoc IPolicy
    function announcedFee() external view returns (uint16 feeBps, uint64 effectiveAtSeconds) {
        return (_announcedFeeBps, _feeEffectiveAtSeconds);
    }

    // ------------------------------------------------------------------ marketplaces

    /// @inheritdoc IPolicy
    function announceMarketplace(address account) external onlyOwner {
        // A delegated account's code is its holder's to change at will, so its hash pins nothing.
        if (Accounts.isPlainOrDelegated(account)) revert Errors.Policy_NotContract(account);
        bytes32 codeHash = account.codehash;
        // Announcing anew what is listed would suspend it without notice.
        Marketplace storage listed = _marketplaces[account];
        if (listed.codeHash == codeHash && block.timestamp < listed.untilSeconds) {
            revert Errors.Policy_AlreadyAnnounced(account, listed.sinceSeconds, listed.untilSeconds);
        }
        uint64 effectiveAtSeconds = uint64(block.timestamp) + NOTICE_SECONDS;
        _marketplaces[account] = Marketplace(codeHash, effectiveAtSeconds, FOR_EVER);
        emit MarketplaceAnnounced(account, codeHash, effectiveAtSeconds);
    }

    /// @inheritdoc IPolicy
    function removeMarketplace(address account) external onlyOwner {
        Marketplace storage listed = _marketplaces[account];
        if (listed.untilSeconds != FOR_EVER) revert Errors.Policy_NotMarketplace(account);
        // What never held is taken back at once.
        uint64 effectiveAtSeconds = uint64(block.timestamp);
        if (block.timestamp >= listed.sinceSeconds) effectiveAtSeconds += NOTICE_SECONDS;
        listed.untilSeconds = effectiveAtSeconds;
        emit MarketplaceRemoved(account, effectiveAtSeconds);
    }

    /// @inheritdoc IPolicy
    function isMarketplace(address account) public view returns (bool) {
        Marketplace storage listed = _marketplaces[account];
        return block.timestamp >= listed.sinceSeconds && block.timestamp < listed.untilSeconds
            && account.codehash == listed.codeHash;
    }

    /// @inheritdoc IPolicy
    function marketplace(address account) external view returns (bytes32, uint64, uint64) {
        Marketplace storage listed = _marketplaces[account];
        return (listed.codeHash, listed.sinceSeconds, listed.untilSeconds);
    }

    // ------------------------------------------------------------------ holders

    /// @inheritdoc IPolicy
    function mayHold(address account) public view returns (bool) {
        return Accounts.isPlainOrDelegated(account) || isAccountCode[account.codehash];
    }

    /// @inheritdoc IPolicy
    function validateTransfer(address caller, address from, address to, uint256, uint256) external view {
        _validate(caller, from, to);
    }

    /// @inheritdoc IPolicy
    function validateTransfer(address caller, address from, address to, uint256) external view {
        _validate(caller, from, to);
    }

    function _validate(address caller, address from, address to) private view {
        if (to == address(0)) revert Errors.Policy_ZeroRecipient();
        if (caller != from && !isMarketplace(caller)) revert Errors.Policy_NotMarketplace(caller);
        if (!mayHold(to)) revert Errors.Policy_MayNotHold(to, to.codehash);
    }

    function _checkFee(uint16 feeBps) private pure {
        if (feeBps > MAX_PROTOCOL_FEE_BPS) revert Errors.Policy_FeeTooHigh(feeBps, MAX_PROTOCOL_FEE_BPS);
    }
}
