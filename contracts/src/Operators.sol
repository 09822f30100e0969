// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "./Errors.sol";
import {IOperators} from "./interfaces/IOperators.sol";
import {Operator, Prices} from "./Types.sol";

/// @title Operators
/// @notice See {IOperators}.
contract Operators is IOperators {
    using SafeTransferLib for address;

    /// @dev What decides whether an operator is active shares one word, because the gate reads it.
    struct Bond {
        uint128 bondAtomic;
        uint64 unbondingSinceSeconds;
        /// @dev The moment at which it last stopped being active; zero if never.
        uint64 stoppedAtSeconds;
    }

    struct Card {
        string endpoint;
        bytes32 sessionKey;
        address paymentKey;
        uint64 registeredAtSeconds;
        Prices prices;
    }

    /// @inheritdoc IOperators
    uint64 public constant UNBONDING_DELAY = 14 days;

    /// @inheritdoc IOperators
    uint256 public constant MAX_ENDPOINT_BYTES = 256;

    /// @inheritdoc IOperators
    address public immutable money;

    /// @inheritdoc IOperators
    uint256 public immutable minimumBondAtomic;

    mapping(address operator => Card) private _cards;
    mapping(address operator => Bond) private _bonds;

    /// @inheritdoc IOperators
    mapping(bytes32 sessionKey => address operator) public sessionKeyOwner;

    /// @inheritdoc IOperators
    mapping(address paymentKey => address operator) public operatorOfPaymentKey;

    constructor(address money_, uint256 minimumBondAtomic_) {
        if (money_ == address(0)) revert Errors.Operators_ZeroMoney();
        (money, minimumBondAtomic) = (money_, minimumBondAtomic_);
    }

    // ------------------------------------------------------------------ card

    /// @inheritdoc IOperators
    function register(
        string calldata endpoint,
        bytes32 sessionKey,
        address paymentKey,
        Prices calldata prices,
        uint256 bondAtomic
    ) external {
        Card storage card = _cards[msg.sender];
        if (card.sessionKey != 0) revert Errors.Operators_AlreadyRegistered(msg.sender);
        card.registeredAtSeconds = uint64(block.timestamp);
        _takeSessionKey(card, sessionKey);
        _setCard(card, endpoint, paymentKey, prices);
        emit OperatorRegistered(msg.sender, endpoint, sessionKey, paymentKey, prices);
        if (bondAtomic != 0) _addBond(bondAtomic);
    }

    /// @inheritdoc IOperators
    function update(string calldata endpoint, address paymentKey, Prices calldata prices) external {
        Card storage card = _registered();
        _setCard(card, endpoint, paymentKey, prices);
        emit OperatorUpdated(msg.sender, endpoint, card.sessionKey, paymentKey, prices);
    }

    /// @inheritdoc IOperators
    function rotateSessionKey(bytes32 newKey) external {
        _takeSessionKey(_registered(), newKey);
        emit SessionKeyRotated(msg.sender, newKey);
    }

    // ------------------------------------------------------------------ bond

    /// @inheritdoc IOperators
    function addBond(uint256 amountAtomic) external {
        _registered();
        if (amountAtomic == 0) revert Errors.Operators_ZeroAmount();
        Bond storage bond = _bonds[msg.sender];
        if (bond.unbondingSinceSeconds != 0) revert Errors.Operators_Unbonding(msg.sender, _freeAt(bond));
        _addBond(amountAtomic);
    }

    /// @inheritdoc IOperators
    function beginUnbonding() external {
        _registered();
        Bond storage bond = _bonds[msg.sender];
        if (bond.bondAtomic == 0) revert Errors.Operators_ZeroBond(msg.sender);
        if (bond.unbondingSinceSeconds != 0) revert Errors.Operators_Unbonding(msg.sender, _freeAt(bond));
        if (_isActive(bond)) bond.stoppedAtSeconds = uint64(block.timestamp);
        bond.unbondingSinceSeconds = uint64(block.timestamp);
        emit UnbondingBegan(msg.sender, _freeAt(bond));
    }

    /// @inheritdoc IOperators
    function cancelUnbonding() external {
        _unbonding().unbondingSinceSeconds = 0;
        emit UnbondingCancelled(msg.sender);
    }

    /// @inheritdoc IOperators
    function withdrawBond(address to) external {
        if (to == address(0)) revert Errors.Operators_ZeroRecipient();
        Bond storage bond = _unbonding();
        uint64 freeAtSeconds = _freeAt(bond);
        if (block.timestamp < freeAtSeconds) {
            revert Errors.Operators_BondLocked(freeAtSeconds, block.timestamp);
        }
        uint256 amountAtomic = bond.bondAtomic;
        bond.bondAtomic = 0;
        bond.unbondingSinceSeconds = 0;
        emit BondChanged(msg.sender, 0);
        money.safeTransfer(to, amountAtomic);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IOperators
    function operatorOf(bytes32 sessionKey) external view returns (address) {
        address owner = sessionKeyOwner[sessionKey];
        return owner != address(0) && _cards[owner].sessionKey == sessionKey ? owner : address(0);
    }

    /// @inheritdoc IOperators
    function operator(address owner) external view returns (Operator memory) {
        Card storage card = _cards[owner];
        Bond storage bond = _bonds[owner];
        (, uint64 lastActiveAtSeconds) = activity(owner);
        return Operator({
            endpoint: card.endpoint,
            sessionKey: card.sessionKey,
            paymentKey: card.paymentKey,
            prices: card.prices,
            bondAtomic: bond.bondAtomic,
            registeredAtSeconds: card.registeredAtSeconds,
            unbondingSinceSeconds: bond.unbondingSinceSeconds,
            freeAtSeconds: bond.unbondingSinceSeconds == 0 ? 0 : _freeAt(bond),
            lastActiveAtSeconds: lastActiveAtSeconds
        });
    }

    /// @inheritdoc IOperators
    function isActive(address owner) public view returns (bool) {
        return _cards[owner].sessionKey != 0 && _isActive(_bonds[owner]);
    }

    /// @inheritdoc IOperators
    function activity(address owner) public view returns (bool active, uint64 lastActiveAtSeconds) {
        active = isActive(owner);
        lastActiveAtSeconds = active ? uint64(block.timestamp) : _bonds[owner].stoppedAtSeconds;
    }

    // ------------------------------------------------------------------ internal

    function _registered() private view returns (Card storage card) {
        card = _cards[msg.sender];
        if (card.sessionKey == 0) revert Errors.Operators_NotRegistered(msg.sender);
    }

    function _unbonding() private view returns (Bond storage bond) {
        bond = _bonds[msg.sender];
        if (bond.unbondingSinceSeconds == 0) revert Errors.Operators_NotUnbonding(msg.sender);
    }

    function _setCard(Card storage card, string calldata endpoint, address paymentKey, Prices calldata prices)
        private
    {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT_BYTES) {
            revert Errors.Operators_EndpointLength(length, MAX_ENDPOINT_BYTES);
        }
        card.endpoint = endpoint;
        card.prices = prices;
        if (paymentKey == address(0)) revert Errors.Operators_ZeroPaymentKey();
        if (paymentKey != card.paymentKey) _takePaymentKey(card, paymentKey);
    }

    function _takeSessionKey(Card storage card, bytes32 sessionKey) private {
        if (sessionKey == 0) revert Errors.Operators_ZeroSessionKey();
        address owner = sessionKeyOwner[sessionKey];
        if (owner != address(0)) revert Errors.Operators_SessionKeyTaken(sessionKey, owner);
        sessionKeyOwner[sessionKey] = msg.sender;
        card.sessionKey = sessionKey;
    }

    function _takePaymentKey(Card storage card, address paymentKey) private {
        if (paymentKey == msg.sender) revert Errors.Operators_PaymentKeyIsOwner(msg.sender);
        address owner = operatorOfPaymentKey[paymentKey];
        if (owner != address(0)) revert Errors.Operators_PaymentKeyTaken(paymentKey, owner);
        delete operatorOfPaymentKey[card.paymentKey];
        operatorOfPaymentKey[paymentKey] = msg.sender;
        card.paymentKey = paymentKey;
    }

    function _addBond(uint256 amountAtomic) private {
        Bond storage bond = _bonds[msg.sender];
        uint256 total = bond.bondAtomic + amountAtomic;
        if (total > type(uint128).max) revert Errors.Operators_BondTooLarge(total, type(uint128).max);
        bond.bondAtomic = uint128(total);
        emit BondChanged(msg.sender, total);
        money.safeTransferFrom(msg.sender, address(this), amountAtomic);
    }

    function _isActive(Bond storage bond) private view returns (bool) {
        return bond.unbondingSinceSeconds == 0 && bond.bondAtomic >= minimumBondAtomic;
    }

    function _freeAt(Bond storage bond) private view returns (uint64) {
        return bond.unbondingSinceSeconds + UNBONDING_DELAY;
    }
}
