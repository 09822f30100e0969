// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {MutationsChannel} from "./MutationsChannel.sol";

/// @dev A signed refund, and everything that is not quite that refund.
contract MutationsRefundTest is MutationsChannel {
    string internal constant TYPE = "Refund(bytes32 channelId,uint256 nonce,uint128 amount)";
    uint128 internal constant AMOUNT = 600;

    function test_at_least_64_mutations_of_a_refund_are_refused_each_by_its_name() public {
        mutateChannel();
        mutateFields();
        mutateTypes();
        Forgery[] memory forgeries = forge(authorizer, domain(), hashAs(TYPE, words()));
        for (uint256 i; i < forgeries.length; ++i) {
            trySignature(forgeries[i].how, forgeries[i].signature);
        }
        lie();
        replay();
        assertGe(refusals, LEAST);
        settlement.refundWithSignature(config, AMOUNT, 0, signature());
    }

    function words() internal view returns (bytes memory) {
        return abi.encode(channelId, uint256(0), AMOUNT);
    }

    function signature() internal view returns (bytes memory) {
        return seal(authorizer, digestOf(domain(), hashAs(TYPE, words())));
    }

    function tryRefund(
        string memory how,
        IBatchSettlement.ChannelConfig memory channel,
        uint128 amount,
        uint256 nonce,
        bytes memory by,
        bytes memory error
    ) internal {
        bytes memory call = abi.encodeCall(settlement.refundWithSignature, (channel, amount, nonce, by));
        refuse(how, anyone, address(settlement), call, error);
    }

    function trySignature(string memory how, bytes memory by) internal {
        tryRefund(how, config, AMOUNT, 0, by, badSignature(authorizer.addr));
    }

    function mutateChannel() internal {
        IBatchSettlement.ChannelConfig[] memory all = twins();
        for (uint256 i; i < all.length; ++i) {
            tryRefund("channel", all[i], AMOUNT, 0, signature(), badSignature(authorizer.addr));
        }
        address[4] memory people = [address(0), payer.addr, session.addr, anyone];
        for (uint256 i; i < people.length; ++i) {
            IBatchSettlement.ChannelConfig memory foreign = config;
            foreign.receiverAuthorizer = people[i];
            tryRefund("authorizer", foreign, AMOUNT, 0, signature(), badSignature(people[i]));
        }
    }

    function mutateFields() internal {
        uint256[] memory values = others(AMOUNT, type(uint128).max);
        for (uint256 i; i < values.length; ++i) {
            bytes memory bad = badSignature(authorizer.addr);
            tryRefund("amount", config, uint128(values[i]), 0, signature(), bad);
        }
        values = others(0, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            bytes memory wrong =
                abi.encodeWithSelector(Errors.BatchSettlement_WrongNonce.selector, values[i], 0);
            tryRefund("nonce", config, AMOUNT, values[i], signature(), wrong);
        }
        for (uint256 field; field < 3; ++field) {
            values = others(wordOf(words(), field), type(uint256).max);
            for (uint256 i; i < values.length; ++i) {
                bytes32 other = hashAs(TYPE, withWord(words(), field, values[i]));
                trySignature("field signed", seal(authorizer, digestOf(domain(), other)));
            }
        }
    }

    function mutateTypes() internal {
        string[4] memory types = [
            "Refund(uint256 nonce,bytes32 channelId,uint128 amount)",
            "Refund(bytes32 channelId,uint128 amount,uint256 nonce)",
            "Refund(bytes32 channelId,uint128 amount)",
            "Voucher(bytes32 channelId,uint128 maxClaimableAmount)"
        ];
        for (uint256 i; i < types.length; ++i) {
            trySignature("type", seal(authorizer, digestOf(domain(), hashAs(types[i], words()))));
        }
        for (uint256 i; i < 2; ++i) {
            bytes32 swapped = hashAs(TYPE, withSwapped(words(), i));
            trySignature("order", seal(authorizer, digestOf(domain(), swapped)));
        }
        trySignature("a voucher's", seal(authorizer, settlement.getVoucherDigest(channelId, AMOUNT)));
        trySignature("the channel's own", seal(authorizer, channelId));
        trySignature("the payer's", seal(payer, digestOf(domain(), hashAs(TYPE, words()))));
        trySignature("the session's", seal(session, digestOf(domain(), hashAs(TYPE, words()))));
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        IBatchSettlement.ChannelConfig memory channel = config;
        channel.receiverAuthorizer = address(liar);
        fill(channel);
        bytes memory call = abi.encodeCall(settlement.refundWithSignature, (channel, AMOUNT, 0, signature()));
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            (bool ok, bytes memory result) = address(settlement).call{gas: 3_000_000}(call);
            assertFalse(ok, "a lie");
            assertEq(result, badSignature(address(liar)), "a lie");
            ++refusals;
        }
    }

    /// @dev A refund is good once and in its turn; one that came by call voids those signed.
    function replay() internal onSnapshot {
        bytes memory by = signature();
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        trySignature("chain", by);
        vm.chainId(chainId);
        settlement.refundWithSignature(
            config, 100, 0, seal(authorizer, settlement.getRefundDigest(channelId, 0, 100))
        );
        bytes memory wrong = abi.encodeWithSelector(Errors.BatchSettlement_WrongNonce.selector, 0, 1);
        tryRefund("replay", config, AMOUNT, 0, by, wrong);
        tryRefund("replay under the next nonce", config, AMOUNT, 1, by, badSignature(authorizer.addr));
        vm.prank(authorizer.addr);
        settlement.refund(config, 1);
        by = seal(authorizer, settlement.getRefundDigest(channelId, 1, AMOUNT));
        wrong = abi.encodeWithSelector(Errors.BatchSettlement_WrongNonce.selector, 1, 2);
        tryRefund("after a refund by call", config, AMOUNT, 1, by, wrong);
    }
}
