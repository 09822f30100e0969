// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IPolicy} from "../interfaces/IPolicy.sol";
import {Records} from "./Records.sol";
import {Till} from "./Till.sol";

/// @title Credits
/// @notice See {ICredits}.
/// @dev Invariant: the ledger's balance of money is the sum of all credits and of all accruals in tills, plus whatever
/// strangers send it unasked.
abstract contract Credits is ICredits, Records {
    using SafeTransferLib for address;

    uint256 internal constant BPS = 10_000;

    /// @inheritdoc ICredits
    uint16 public constant MAX_PROTOCOL_FEE_BPS = 500;

    /// @inheritdoc ICredits
    address public immutable money;

    /// @inheritdoc ICredits
    address public immutable treasury;

    /// @inheritdoc ICredits
    address public immutable policy;

    /// @inheritdoc ICredits
    mapping(address account => uint256 amountAtomic) public creditOf;

    constructor(address money_, address treasury_, address policy_) {
        if (money_ == address(0)) revert Errors.Works_ZeroMoney();
        if (treasury_ == address(0)) revert Errors.Works_ZeroTreasury();
        if (policy_ == address(0)) revert Errors.Works_ZeroPolicy();
        (money, treasury, policy) = (money_, treasury_, policy_);
    }

    /// @inheritdoc ICredits
    function adoptFee(uint256[] calldata workIds) external {
        uint16 feeBps = _feeInForce();
        for (uint256 i; i < workIds.length; ++i) {
            Till till = _tillOf(workIds[i]);
            if (till.feeBps() == feeBps) continue;
            _tills[workIds[i]] = till.withFee(feeBps);
            emit FeeAdopted(workIds[i], feeBps);
        }
    }

    /// @inheritdoc ICredits
    function gather(uint256[] calldata workIds) public {
        for (uint256 i; i < workIds.length; ++i) {
            Till till = _tillOf(workIds[i]);
            if (till.creatorAtomic() != 0 || till.treasuryAtomic() != 0) {
                _tills[workIds[i]] = _spill(workIds[i], till);
            }
        }
    }

    /// @inheritdoc ICredits
    function withdraw(address to) public returns (uint256 amountAtomic) {
        if (to == address(0)) revert Errors.Works_ZeroRecipient();
        amountAtomic = creditOf[msg.sender];
        if (amountAtomic == 0) revert Errors.Works_NothingToWithdraw(msg.sender);
        creditOf[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amountAtomic);
        money.safeTransfer(to, amountAtomic);
    }

    /// @inheritdoc ICredits
    function gatherAndWithdraw(uint256[] calldata workIds, address to)
        external
        returns (uint256 amountAtomic)
    {
        gather(workIds);
        return withdraw(to);
    }

    /// @inheritdoc ICredits
    function feeBpsOf(uint256 workId) external view returns (uint16) {
        return uint16(_tills[workId].feeBps());
    }

    /// @inheritdoc ICredits
    function accruedOf(uint256 workId) external view returns (uint256 creatorAtomic, uint256 treasuryAtomic) {
        Till till = _tills[workId];
        return (till.creatorAtomic(), till.treasuryAtomic());
    }

    // ------------------------------------------------------------------ internal

    /// @dev What the policy says, below the ledger's own cap.
    function _feeInForce() internal view returns (uint16 feeBps) {
        feeBps = IPolicy(policy).protocolFeeBps();
        if (feeBps > MAX_PROTOCOL_FEE_BPS) revert Errors.Works_FeeTooHigh(feeBps, MAX_PROTOCOL_FEE_BPS);
    }

    function _credit(address account, uint256 workId, uint256 amountAtomic) internal {
        if (amountAtomic == 0) return;
        creditOf[account] += amountAtomic;
        emit Credited(account, workId, amountAtomic);
    }

    /// @dev The till with what a payment brought to its work's creator and to the treasury. What no longer fits is
    /// credited at once, so that no sum stops a sale.
    function _accrued(uint256 workId, Till till, uint256 creatorAtomic, uint256 treasuryAtomic)
        internal
        returns (Till)
    {
        if (till.fits(creatorAtomic, treasuryAtomic)) {
            return till.withAccrued(creatorAtomic, treasuryAtomic);
        }
        till = _spill(workId, till);
        _credit(_origins[workId].creator, workId, creatorAtomic);
        _credit(treasury, workId, treasuryAtomic);
        return till;
    }

    /// @dev Credits what a till has accrued, and returns it with nothing accrued.
    function _spill(uint256 workId, Till till) private returns (Till) {
        _credit(_origins[workId].creator, workId, till.creatorAtomic());
        _credit(treasury, workId, till.treasuryAtomic());
        return till.settled();
    }
}
